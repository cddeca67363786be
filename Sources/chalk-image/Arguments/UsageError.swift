/// A command line that is wrong: exit code 2.
struct UsageError: Error, CustomStringConvertible {
    let description: String

    /// A sentence about the words of `command`; nil where no command is known.
    init(_ what: String, command: String?) {
        description = "\(what); see `chalk-image \(command.map { "\($0) " } ?? "")--help`"
    }
}
