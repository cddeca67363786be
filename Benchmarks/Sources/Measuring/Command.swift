/// A program with its words, and variables that it sees besides those of this process.
struct Command {
    var words: [String]
    var environment: [String: String] = [:]

    init(_ words: [String], environment: [String: String] = [:]) {
        self.words = words
        self.environment = environment
    }

    init(_ words: String...) { self.init(words) }
}

/// Commands joined by pipes, as a shell would; one command is a pipeline too.
struct Pipeline {
    var commands: [Command]
    /// A file that the first reads; nil is `/dev/null`.
    var input: String?
    /// A file that the last writes; nil is the log.
    var output: String?

    init(_ commands: Command..., input: String? = nil, output: String? = nil) {
        self.commands = commands
        self.input = input
        self.output = output
    }

    /// One command alone.
    init(_ words: [String]) { commands = [Command(words)] }

    /// As a person would type it, for messages.
    var text: String { commands.map { $0.words.joined(separator: " ") }.joined(separator: " | ") }
}
