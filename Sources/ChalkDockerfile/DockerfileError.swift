/// The one error of this module: what was being read or written, why it failed, and where.
///
/// `description` is one lower-case sentence, after `file:line: ` where the place is known. It never repeats
/// the values of ENV, ARG or LABEL, which may be secret.
package struct DockerfileError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What kind of mistake it is; callers branch on this, people read `description`.
    package enum Code: Sendable, Equatable {
        /// The bytes cannot be split into instructions (encoding, line length, no instruction at all).
        case syntax
        /// A parser directive is repeated or has an impossible value.
        case directive
        /// A here-document has no end, no body, or stands where none may.
        case heredoc
        /// A JSON array holds something else than strings, or is missing where it is the only form.
        case json
        /// The first word of a line is no instruction.
        case unknownInstruction
        /// A flag that the instruction does not have, is repeated, or has a wrong value.
        case flag
        /// Too few or too many words.
        case arguments
        /// A word that the instruction cannot mean.
        case value
        /// An instruction other than ARG before the first FROM, or no FROM at all.
        case stage
        /// A variable reference that is malformed or refuses to be unset.
        case expansion
        /// A value that no Dockerfile text can express.
        case unwritable
    }

    package let code: Code
    /// The sentence without the place.
    package let message: String
    /// The name the text was parsed under, where known.
    package let file: String?
    /// 1-based line, where known.
    package let line: Int?

    package init(_ code: Code, _ message: String, file: String? = nil, line: Int? = nil) {
        self.code = code
        self.message = message
        self.file = file
        self.line = line
    }

    package var description: String {
        guard let file else { return message }
        guard let line else { return "\(file): \(message)" }
        return "\(file):\(line): \(message)"
    }

    /// The same error with a place, unless it already has one.
    func at(file: String, line: Int) -> DockerfileError {
        self.line == nil ? DockerfileError(code, message, file: file, line: line) : self
    }
}
