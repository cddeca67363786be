import ChalkImage
import ChalkSystem

/// `chalk-image compile`.
enum CompileCommand: Command {
    static let syntax = CommandSyntax(
        name: "compile", summary: "Write a spec as a Dockerfile with the files it copies", operands: "SPEC",
        operandCount: 1...1,
        flags: [
            .init(
                "output", "o", value: "DIR",
                help: "write DIR/Dockerfile and its files; else the Dockerfile goes to standard output")
        ])

    static func run(_ arguments: ParsedArguments, _ surroundings: Surroundings) throws {
        let image = try SpecArgument.image(arguments.operands[0], surroundings)
        if let directory = arguments["output"] {
            for warning in try image.compile(to: surroundings.absolute(directory)) {
                StandardStream.error.write("warning: \(warning)\n")
            }
        } else {
            StandardStream.output.write(try image.dockerfile())
        }
    }
}
