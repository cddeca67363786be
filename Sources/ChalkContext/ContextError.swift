package import ChalkSystem

/// Why a context could not be read.
package struct ContextError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kinds of failure that callers tell apart.
    package enum Code: String, Hashable, Sendable {
        /// A pattern that its profile refuses.
        case pattern
        /// An ignore file that may not be gone on without: a link out of the context, too large, a line too
        /// long.
        case ignoreFile
        /// An entry that was listed and is no longer there.
        case vanished
        /// A file or directory that changed while it was read.
        case changed
        /// A path that leaves the context or cannot be in one.
        case path
        /// A system call failed.
        case system
    }

    /// What kind of failure.
    package let code: Code
    /// One lower-case sentence: what was being done to what, why it failed, how to go on.
    package let description: String
    /// The failed call, where there was one.
    package let cause: SystemError?

    init(_ code: Code, _ description: String, cause: SystemError? = nil) {
        self.code = code
        self.description = description
        self.cause = cause
    }

    /// `.gitignore:3`, or `exclude entry 3` where there is no file.
    static func place(_ file: [UInt8]?, _ line: Int) -> String {
        file.map { "\(show($0)):\(line)" } ?? "exclude entry \(line)"
    }

    /// Bytes for people: control characters and bytes that are not UTF-8 never reach a terminal as they are.
    package static func show(_ bytes: [UInt8]) -> String {
        var text = ""
        for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
            if scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) {
                text += "\\u{" + String(scalar.value, radix: 16) + "}"
            } else {
                text.unicodeScalars.append(scalar)
            }
        }
        return text
    }

    static func malformed(_ pattern: some Collection<UInt8>, file: [UInt8]?, line: Int) -> ContextError {
        ContextError(
            .pattern,
            "cannot use the pattern \(show(Array(pattern))) in \(place(file, line)): it is malformed; "
                + "check its brackets and backslashes")
    }

    static func vanished(_ path: [UInt8]) -> ContextError {
        ContextError(
            .vanished,
            "cannot walk the context: \(show(path)) vanished while it was listed; "
                + "try again when nothing else writes there")
    }

    static func changed(_ path: [UInt8], _ how: String) -> ContextError {
        ContextError(
            .changed,
            "cannot read \(show(path)) of the context: \(how); try again when nothing else writes there")
    }

    static func system(_ doing: String, _ path: [UInt8], _ cause: SystemError) -> ContextError {
        let subject = path.isEmpty ? "the root of the context" : show(path)
        return ContextError(.system, "cannot \(doing) \(subject): \(cause.reason)", cause: cause)
    }
}
