/// Why a spec could not be read, built up or written. `description` is one sentence that starts with the place:
/// a JSON path such as `steps[1].addLocalDir.src`, so that the author finds what to change.
package struct SpecError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What kind of trouble it is, for programs; people read `description`.
    package enum Code: Sendable, Hashable {
        /// A value breaks a rule of the spec.
        case invalid
        /// The text is not JSON; `line` and `column` are set.
        case syntax
        /// The bytes are not a protobuf message of this type.
        case malformed
        /// A file that the spec names is missing, of another kind, or could not be read.
        case unreadable
        /// Something is past a limit.
        case tooLarge
        /// The value is right, but the asked form cannot say it.
        case unsupported
        /// Two parts of one spec contradict each other.
        case conflict
    }

    package let code: Code
    /// Where in the spec: a JSON path, or empty for the spec as a whole.
    package let path: String
    /// What is wrong there and how to go on, without the place.
    package let problem: String
    /// Position in the JSON text, both counted from 1 (columns in Unicode scalars); nil when there is no text.
    package let line: Int?
    package let column: Int?

    package var description: String {
        path.isEmpty ? problem : "\(path): \(problem)"
    }

    package init(
        _ code: Code, at path: String, _ problem: String, line: Int? = nil, column: Int? = nil
    ) {
        self.code = code
        self.path = path
        self.problem = problem
        self.line = line
        self.column = column
    }

    /// The same error with its place seen from further out: `src` within `steps[1].addLocalDir`.
    func within(_ outer: String) -> SpecError {
        let joined =
            outer.isEmpty
            ? path : path.isEmpty ? outer : path.hasPrefix("[") ? outer + path : outer + "." + path
        return SpecError(code, at: joined, problem, line: line, column: column)
    }

    /// The same error with a position in the JSON text, unless it has one.
    func positioned(line: Int, column: Int) -> SpecError {
        self.line == nil ? SpecError(code, at: path, problem, line: line, column: column) : self
    }
}

/// A user's text as it may stand inside an error sentence: in double quotes, control characters escaped, cut
/// after 80 characters.
func quoted(_ text: String) -> String {
    var shown = "\""
    var count = 0
    for scalar in text.unicodeScalars {
        if count == 80 {
            shown += "…"
            break
        }
        count += 1
        switch scalar.value {
        case 0x22: shown += "\\\""
        case 0x5C: shown += "\\\\"
        case 0x0A: shown += "\\n"
        case 0x0D: shown += "\\r"
        case 0x09: shown += "\\t"
        case 0..<0x20, 0x7F..<0xA0, 0x2028, 0x2029:
            shown += "\\u{" + String(scalar.value, radix: 16) + "}"
        default: shown.unicodeScalars.append(scalar)
        }
    }
    return shown + "\""
}
