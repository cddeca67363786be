import ChalkImage
import ChalkSystem

/// `chalk-image dockerfile lint`.
enum DockerfileLintCommand: Question {
    static let syntax = CommandSyntax(
        name: "dockerfile lint", summary: "Find what could be better in a Dockerfile",
        operands: "[FILE|- [CONTEXT]]", operandCount: 0...2,
        flags: [
            .init("format", value: "text|json", help: "the form (default: text)"),
            .init("target", value: "STAGE", help: "only what this stage needs"),
            .init(
                "build-arg", value: "NAME=VALUE", repeats: true,
                help: "a value for ARG; NAME alone takes it from the environment"),
        ])

    static func answer(_ arguments: ParsedArguments, _ surroundings: Surroundings) throws -> ExitCode {
        func wrong(_ what: String) -> UsageError { UsageError(what, command: syntax.name) }
        guard let format = LintText.Format(rawValue: arguments["format"] ?? "text") else {
            throw wrong("--format is text or json, not \"\(arguments["format"] ?? "")\"")
        }
        let file = try DockerfileArgument(arguments.operands.first ?? "Dockerfile", surroundings)
        var options = BuildOptions()
        options.target = arguments["target"]
        for text in arguments.all("build-arg") {
            let (name, value) = try BuildFlags.variable(text, flag: "--build-arg", surroundings, wrong)
            if let value { options.buildArguments[name] = value }
        }
        options.contextDirectory = try context(arguments, file, surroundings)
        return try answer(file, options, format)
    }

    /// Checks a file and says what was found.
    ///
    /// - Returns: `done` for nothing, `failed` for something, `usage` for a text that is no Dockerfile.
    static func answer(
        _ file: DockerfileArgument, _ options: BuildOptions, _ format: LintText.Format
    ) throws -> ExitCode {
        let lint = try DockerfileLint(file.bytes, path: file.path, options: options)
        LintText(name: file.name, lint).write(format)
        if !lint.isReadable { return .usage }
        return lint.findings.isEmpty && lint.failure == nil ? .done : .failed
    }

    private static func context(
        _ arguments: ParsedArguments, _ file: DockerfileArgument, _ surroundings: Surroundings
    ) throws -> String? {
        guard arguments.operands.count > 1 else { return file.path.map { PathText.parent(of: $0) } }
        let path = surroundings.absolute(arguments.operands[1])
        guard try FileSystem.statusIfPresent(path)?.kind == .directory else {
            throw ChalkError(.notFound, "the build context \(arguments.operands[1]) is not a directory")
        }
        return path
    }
}
