import ChalkImage
import ChalkSystem

/// A subcommand: what it accepts and what it does.
protocol Command {
    /// What it accepts.
    static var syntax: CommandSyntax { get }
    /// Does it. Results go to standard output, everything else to standard error.
    static func run(_ arguments: ParsedArguments, _ surroundings: Surroundings) throws
    /// Does it and says how it ended.
    static func answer(_ arguments: ParsedArguments, _ surroundings: Surroundings) throws -> ExitCode
    /// The code for a failure that is not the caller's.
    static var failure: ExitCode { get }
}

extension Command {
    static func answer(_ arguments: ParsedArguments, _ surroundings: Surroundings) throws -> ExitCode {
        try run(arguments, surroundings)
        return .done
    }

    static var failure: ExitCode { .failed }
}

/// A subcommand that answers by its exit code, as `diff` and `grep` do: 0 and 1 are answers, 2 is any trouble.
protocol Question: Command {}

extension Question {
    static func run(_ arguments: ParsedArguments, _ surroundings: Surroundings) throws {
        _ = try answer(arguments, surroundings)
    }

    static var failure: ExitCode { .usage }
}

/// What a command knows of the process it runs in; nothing below the command looks there by itself.
struct Surroundings: Sendable {
    /// Variables.
    let environment = ProcessEnvironment()
    /// Absolute.
    let workingDirectory: String
    /// Raised by Ctrl-C and SIGTERM. A command that can be interrupted looks at it before it starts anything.
    var cancellation: Cancellation { Interruption.cancellation }

    /// A path as the user means it.
    func absolute(_ path: String) -> String {
        PathText.absolute(path, in: workingDirectory)
    }

    private var defaultStorePath: String {
        ImageStore.defaultPath(
            environment: environment.values(of: "CHALK_IMAGE_STORE", "XDG_DATA_HOME", "HOME"))
    }

    /// The store that `--store` or the environment names.
    func store(_ arguments: ParsedArguments) throws -> ImageStore {
        _ = cancellation
        return try ImageStore.open(
            arguments["store"].map(absolute) ?? defaultStorePath)
    }

    /// The same for commands that change nothing: where there is no store, an empty one that goes away with the
    /// second value.
    func storeToLookAt(_ arguments: ParsedArguments) throws -> (ImageStore, Scratch?) {
        let path = arguments["store"].map(absolute) ?? defaultStorePath
        if try FileSystem.statusIfPresent(path) != nil { return (try store(arguments), nil) }
        _ = cancellation
        let scratch = Scratch(
            try TemporaryDirectory.make(in: environment["TMPDIR"] ?? "/tmp", prefix: "chalk-plan"))
        return (try ImageStore.open(scratch.path), scratch)
    }
}

/// A temporary directory that can be handed around.
final class Scratch: Sendable {
    private let directory: TemporaryDirectory

    init(_ directory: consuming TemporaryDirectory) { self.directory = directory }

    var path: String { directory.path }
}
