import ChalkImage

/// `chalk-image dockerfile parse`.
enum DockerfileParseCommand: Command {
    static let syntax = CommandSyntax(
        name: "dockerfile parse", summary: "Show how a Dockerfile is read", operands: "FILE|-",
        operandCount: 1...1,
        flags: [.init("format", value: "sexpr|json", help: "the form (default: sexpr)")])

    static func run(_ arguments: ParsedArguments, _ surroundings: Surroundings) throws {
        guard let format = DockerfileReading.Format(rawValue: arguments["format"] ?? "sexpr") else {
            throw UsageError(
                "--format is sexpr or json, not \"\(arguments["format"] ?? "")\"", command: syntax.name)
        }
        let file = try DockerfileArgument(arguments.operands[0], surroundings)
        StandardStream.output.write(
            try DockerfileReading.text(file.bytes, name: file.path ?? "-", format))
    }
}
