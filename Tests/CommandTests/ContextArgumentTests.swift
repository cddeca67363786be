import ChalkTestSupport
import Testing

/// The word of `build`: a directory is a context.
@Suite struct ContextArgumentTests {
    private static let text = "FROM scratch\nCOPY file.txt /\n"

    private func lab() throws -> CommandLab {
        let lab = try CommandLab()
        try lab.write("a file\n", "context/file.txt")
        return lab
    }

    /// Builds with a Dockerfile on standard input.
    private func build(_ text: String, in lab: CommandLab) throws -> BuiltCommand.Ran {
        try lab.write(text, "input")
        return try BuiltCommand.run(
            try lab.command(["build", "-q", "-f", "-", "context"]), in: lab.path, input: lab.path + "/input")
    }

    @Test(arguments: ["Dockerfile", "Containerfile"])
    func aDirectoryIsTheContextOfItsOwnFile(_ name: String) throws {
        let lab = try lab()
        try lab.write(Self.text, "context/" + name)
        let named = try lab.build("-f", "context/" + name, "context")
        #expect(try lab.build("context") == named)
        #expect(try lab.build("context/") == named)
        #expect(try lab.check("plan", "context").output.hasPrefix("hit"))
    }

    @Test func standardInputIsADockerfile() throws {
        let lab = try lab()
        try lab.write(Self.text, "Dockerfile")
        let ran = try build(Self.text, in: lab)
        #expect(try ran.line == lab.build("-f", "Dockerfile", "context"))
        let wrong = try build("FROM scratch\nCOPPY a b\n", in: lab)
        #expect(wrong.status == 2)
        #expect(wrong.errors.hasPrefix("error: standard input:2: "), "\(wrong.errors)")
    }
}
