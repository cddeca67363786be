/// What a payload is made from: the cut instruction and where it came from.
struct InstructionSource {
    let syntax: InstructionSyntax
    let file: String
    let escape: EscapeCharacter

    /// The keyword for error sentences, in upper case.
    var keyword: String { syntax.keyword.text.uppercased() }

    var words: [String] { syntax.words.map(\.text) }

    func failure(_ code: DockerfileError.Code, _ message: String) -> DockerfileError {
        DockerfileError(code, message, file: file, line: syntax.lines.lowerBound)
    }

    func located(_ error: DockerfileError) -> DockerfileError {
        error.at(file: file, line: syntax.lines.lowerBound)
    }

    /// The only word.
    func onlyWord(_ meaning: String) throws(DockerfileError) -> String {
        guard let word = syntax.words.first, syntax.words.count == 1 else {
            throw failure(.arguments, "\(keyword) needs exactly one argument, \(meaning)")
        }
        return word.text
    }

    func requireWords(_ meaning: String) throws(DockerfileError) {
        if syntax.words.isEmpty {
            throw failure(.arguments, "\(keyword) needs at least one argument, \(meaning)")
        }
    }

    /// The command of RUN, CMD, ENTRYPOINT: a JSON array or the text for a shell.
    var commandLine: CommandLine {
        syntax.isJSON ? .exec(words) : .shell(words.joined(separator: " "))
    }
}

/// A command as RUN, CMD and ENTRYPOINT give it.
package enum CommandLine: Sendable, Equatable {
    /// Text for the shell in force; may be empty.
    case shell(String)
    /// The arguments as they are; may be none.
    case exec([String])
}
