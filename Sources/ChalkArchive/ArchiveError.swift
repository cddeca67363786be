package import ChalkSystem

/// A layer or an archive that could not be written, read, applied or compared.
package struct ArchiveError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What kind of failure it is.
    package enum Code: Hashable, Sendable {
        /// An entry that no layer can hold, or an option out of its range.
        case invalidEntry
        /// Entries came in another order than a layer's, or twice.
        case wrongOrder
        /// Content was shorter or longer than its entry says.
        case contentSize
        /// Something real that is not carried here.
        case unsupported
        /// Bytes that are no archive, or a damaged or truncated one.
        case invalidArchive
        /// One of ``ArchiveLimits`` was passed.
        case limitExceeded
        /// An archive that asks for what must not be done, such as leaving the root.
        case refused
        /// A system call failed; ``cause`` has its code.
        case system
        /// Bytes that are no layer index.
        case invalidIndex
    }

    /// What kind of failure it is.
    package let code: Code
    /// One lower-case sentence.
    package let description: String
    /// The failed system call, where there was one.
    package let cause: SystemError?

    init(_ code: Code, _ description: String, cause: SystemError? = nil) {
        self.code = code
        self.description = description
        self.cause = cause
    }

    /// A failed system call and what was being done to which path of a layer.
    static func system(_ cause: SystemError, _ action: String, _ path: [UInt8]) -> ArchiveError {
        ArchiveError(.system, "cannot \(action) \(LayerPath.display(path)): \(cause)", cause: cause)
    }
}
