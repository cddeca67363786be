package import ChalkSystem

/// Why something in a store or layout could not be done.
package struct StoreError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong, for programs.
    package enum Code: Hashable, Sendable {
        /// The directory is something else, or belongs to a newer program.
        case notAStore, newerVersion
        /// There is no such store, blob or name.
        case notFound
        /// Bytes that came in are not what they were said to be.
        case mismatch
        /// Bytes that were kept are not what they were.
        case corrupt
        /// More bytes than a document may have.
        case tooLarge
        /// A layout or name breaks the rules.
        case invalid
        /// What a caller asks for cannot be: a name or path.
        case invalidRequest
        /// Something is no longer what the caller thought it was.
        case conflict
        /// Somebody else holds a lock in the way.
        case busy
        /// The disk or a quota is full.
        case full
        /// Another failed system call.
        case system
    }

    /// What is wrong, for programs.
    package let code: Code
    /// What is wrong, for people: one lower-case sentence.
    package let description: String

    /// An error from its parts.
    package init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }

    /// An error from a failed system call.
    ///
    /// - Parameter task: what was being done to what, as a verb phrase.
    package init(_ error: SystemError, while task: String) {
        let advice =
            if error.isOutOfSpace {
                "make room there, for example with `chalk-image prune`, and try again"
            } else if error.isRefused {
                "check its owner and permissions, or name another place"
            } else if error.isAboutShape {
                "put a directory or file there instead of what is there now"
            } else {
                "run `chalk-image verify` to check the store"
            }
        let reason = error.isAboutShape ? "\(error.subject): \(error.reason)" : error.reason
        self.init(error.isOutOfSpace ? .full : .system, "cannot \(task): \(reason); \(advice)")
    }

    /// Runs `body` and says of a failed system call what it was part of.
    static func explain<T: ~Copyable>(_ task: @autoclosure () -> String, _ body: () throws -> T) throws -> T {
        do {
            return try body()
        } catch let error as SystemError {
            throw StoreError(error, while: task())
        }
    }
}

extension SystemError {
    /// Whether the file system or its permissions said no (EPERM, EACCES, EROFS).
    fileprivate var isRefused: Bool { [1, 13, 30].contains(code) }

    /// Whether a name is a directory, file or link where another was wanted (ENOTDIR, EISDIR, ELOOP).
    fileprivate var isAboutShape: Bool { [20, 21, 40].contains(code) }
}
