internal import Glibc

/// A failed system call: which one, on what, and the `errno` it left.
package struct SystemError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The value of `errno`.
    package let code: Int32
    /// What was being done, as a verb phrase: "open", "rename to /x".
    package let operation: String
    /// The path, name or peer it was done to, for people; empty when there is none.
    package let subject: String

    /// An error from a code that is already known.
    package init(code: Int32, operation: String, subject: String = "") {
        self.code = code
        self.operation = operation
        self.subject = subject
    }

    /// The error that the last failed call left in `errno`.
    package static func last(_ operation: String, _ subject: String = "") -> SystemError {
        SystemError(code: errno, operation: operation, subject: subject)
    }

    /// The system's words for the code: "no such file or directory".
    package var reason: String {
        var buffer = [CChar](repeating: 0, count: 256)
        guard unsafe strerror_r(code, &buffer, buffer.count) == 0 else { return "error \(code)" }
        let words = String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return words.prefix(1).lowercased() + words.dropFirst()
    }

    /// "cannot open /x: no such file or directory".
    package var description: String {
        subject.isEmpty ? "cannot \(operation): \(reason)" : "cannot \(operation) \(subject): \(reason)"
    }

    /// Whether the named thing does not exist (ENOENT or ENOTDIR).
    package var isNotFound: Bool { code == ENOENT || code == ENOTDIR }
    /// Whether permissions are in the way (EACCES).
    package var isPermissionDenied: Bool { code == EACCES }
    /// Whether something that is no link was to be read as one (EINVAL).
    package var isNoLink: Bool { code == EINVAL }
    /// Whether a link stood where none is followed (ELOOP).
    package var isLinkRefused: Bool { code == ELOOP }
    /// Whether the named thing exists already (EEXIST).
    package var isAlreadyThere: Bool { code == EEXIST }
    /// Whether a FIFO or device was opened that nobody is at the other end of (ENXIO).
    package var isWithoutReader: Bool { code == ENXIO }
    /// Whether whoever was to read has gone (EPIPE).
    package var isReaderGone: Bool { code == EPIPE }
    /// Whether the disk or a quota is full (ENOSPC, EDQUOT).
    package var isOutOfSpace: Bool { code == ENOSPC || code == EDQUOT }
}
