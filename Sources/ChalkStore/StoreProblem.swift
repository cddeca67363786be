package import ChalkOCI

/// Something in a store that is not as it should be.
package struct StoreProblem: Hashable, Sendable, CustomStringConvertible {
    /// What it is about, for programs.
    package enum Subject: Hashable, Sendable {
        /// The layout's own files.
        case layout
        /// A blob, by name.
        case blob(Digest)
        /// A cache record.
        case record(CacheKey)
        /// A file of ours, relative to the store.
        case file(String)
    }

    /// What it is about.
    package let subject: Subject
    /// One lower-case sentence: what is wrong and how to go on.
    package let description: String

    init(_ subject: Subject, _ description: String) {
        self.subject = subject
        self.description = description
    }
}

/// What a check of a store tells while it goes on; none of it is a problem.
package enum VerifyEvent: Hashable, Sendable {
    /// A blob was read to its end.
    case blob(Digest, bytes: Int64)
    /// An image needs a blob that is not here and can be fetched.
    case notFetched(Digest, RemoteSource)
    /// Unfinished writes of dead processes were removed.
    case swept(Int)
}
