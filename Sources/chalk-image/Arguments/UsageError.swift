/// A command line that is wrong: exit code 2.
struct UsageError: Error, CustomStringConvertible {
    let description: String
    /// The description without where to read more.
    let sentence: String

    /// A sentence about the words of `command`; nil where no command is known.
    init(_ what: String, command: String?) {
        sentence = what
        description = "\(what); see `chalk-image \(command.map { "\($0) " } ?? "")--help`"
    }
}
