import ChalkImage
import ChalkSystem

/// A subcommand: what it accepts and what it does.
protocol Command {
    /// What it accepts.
    static var syntax: CommandSyntax { get }
    /// Does it. Results go to standard output, everything else to standard error.
    static func run(_ arguments: ParsedArguments, _ surroundings: Surroundings) throws
}

/// What a command knows of the process it runs in; nothing below the command looks there by itself.
struct Surroundings: Sendable {
    /// Variables.
    let environment: [String: String]
    /// Absolute.
    let workingDirectory: String
    /// Raised by Ctrl-C and SIGTERM.
    let cancellation: Cancellation

    /// A path as the user means it.
    func absolute(_ path: String) -> String {
        PathText.absolute(path, in: workingDirectory)
    }

    /// The store that `--store` or the environment names.
    func store(_ arguments: ParsedArguments) throws -> ImageStore {
        try ImageStore.open(
            arguments["store"].map(absolute) ?? ImageStore.defaultPath(environment: environment))
    }
}
