import ChalkImage

/// `--secret` of what starts containers and RUN steps, and where the values come from.
enum SecretArguments {
    static let sourceFlag = CommandSyntax.Flag(
        "secrets-from", value: "dir=PATH|command=WORDS",
        help: "who knows secrets by name (default: the configuration, else the variables)")

    /// The secrets of the flags, not looked up yet.
    static func secrets(_ arguments: ParsedArguments) throws -> [Secret] {
        try arguments.all("secret").map { try Secret(argument: $0) }
    }

    /// Where their values are looked up.
    static func sources(
        _ arguments: ParsedArguments, _ surroundings: Surroundings, _ wrong: (String) -> UsageError
    ) throws -> SecretSources {
        let environment = surroundings.environment.dictionary
        let origin =
            try arguments["secrets-from"].map { text in
                guard let origin = SecretOrigin(argument: text) else {
                    throw wrong("--secrets-from is dir=PATH or command=PROGRAM [WORD...], not \"\(text)\"")
                }
                return origin
            } ?? Configuration.read(surroundings).secrets
        return SecretSources(
            environment: environment, workingDirectory: surroundings.workingDirectory,
            provider: origin?.provider(environment) { surroundings.absolute($0) })
    }
}

/// Who knows secrets by name, as a flag or the configuration says it.
enum SecretOrigin: Equatable {
    case directory(String)
    case command([String])

    /// `dir=PATH` or `command=PROGRAM WORD...`, words between blanks; nil for neither.
    init?(argument: String) {
        let name = argument.prefix { $0 != "=" }
        let value = String(argument.dropFirst(name.count + 1))
        let words = value.split(separator: " ").map(String.init)
        switch name {
        case "dir" where !value.isEmpty: self = .directory(value)
        case "command" where !words.isEmpty: self = .command(words)
        default: return nil
        }
    }

    /// The provider, with paths as the user means them.
    func provider(_ environment: [String: String], _ absolute: (String) -> String) -> any SecretProvider {
        switch self {
        case .directory(let path): SecretDirectory(path: absolute(path))
        case .command(let words): SecretCommand(words: words, environment: environment)
        }
    }
}
