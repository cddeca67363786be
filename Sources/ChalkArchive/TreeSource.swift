package import ChalkSystem

/// A directory tree on disk as the entries of a layer: modes, owners, links, hard links, nodes and extended
/// attributes as they are. Sockets are left out.
package struct TreeSource {
    /// The times that entries get.
    package enum Times: Hashable, Sendable {
        /// The files' own, to the second.
        case keep
        /// The files' own, but none later than this.
        case clamped(to: Int64)
        /// This one for all.
        case fixed(Int64)

        func of(_ status: FileStatus) -> Int64 {
            switch self {
            case .keep: status.modified.seconds
            case .clamped(let limit): min(status.modified.seconds, limit)
            case .fixed(let time): time
            }
        }
    }

    private let root: Directory
    private let times: Times
    private let includesRoot: Bool

    /// A tree below an open directory; whether the directory itself is an entry (with the empty path).
    package init(root: consuming FileDescriptor, times: Times, includesRoot: Bool = true) {
        self.root = Directory(root)
        self.times = times
        self.includesRoot = includesRoot
    }

    /// Gives every entry in the order of a layer; the content is to be read before the call returns.
    ///
    /// - Returns: The paths of sockets.
    /// - Throws: ``ArchiveError`` for what no layer can hold; what `visitor` throws.
    @discardableResult
    package func visit(
        cancellation: Cancellation? = nil, _ visitor: @escaping EntryVisitor
    ) throws -> [[UInt8]] {
        let times = times
        let walk = TreeWalk(
            time: { times.of($0) }, rules: nil, cancellation: cancellation, visitor: visitor)
        if includesRoot { try walk.visitRoot(root) }
        try walk.walk(root, at: [])
        return walk.skipped
    }
}
