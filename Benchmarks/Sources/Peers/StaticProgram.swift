/// A static C program that prints a line: how fast a program can be there and gone.
struct StaticProgram: Peer {
    static let title = "a static C program"

    let name = StaticProgram.title
    let programs = ["cc"]
    let version = Command("cc", "--version")

    func work(_ operation: Operation, _ scene: Scene) throws -> Work? {
        guard operation == .startup else { return nil }
        let program = "\(scene.state)/program"
        if Files.exists(program) { return Work(timed: [Pipeline([program])]) }
        let source = "\(scene.state)/program.c"
        try Files.makeDirectory(scene.state)
        try Files.write(
            "#include <stdio.h>\nint main(void) { puts(\"peer 0.1.0\"); return 0; }\n", to: source)
        return Work(
            before: [Pipeline(["cc", "-O2", "-static", "-o", program, source])], timed: [Pipeline([program])])
    }
}
