internal import ChalkContext
internal import ChalkSystem

/// What ignore rules leave of a directory, entry by entry.
public struct IgnoreListing: Sendable {
    /// One entry of the directory.
    public struct Entry: Sendable {
        /// Below the directory, as it is on disk.
        public let path: [UInt8]
        /// Whether it is ignored.
        public var isIgnored: Bool { verdict.isIgnored }
        /// Whether and why.
        public var answer: IgnoreAnswer { IgnoreAnswer(verdict) }
        /// `file`, `directory`, `link`, `fifo`, `socket`, `character-device` or `block-device`.
        public var type: String { kind.word }

        fileprivate let kind: FileStatus.Kind
        fileprivate let verdict: IgnoreVerdict
    }

    private let dialect: IgnoreDialect
    private let exclude: [[UInt8]]
    private let includesIgnored: Bool
    private let findsDifferences: Bool

    /// A listing by some rules.
    ///
    /// - Parameters:
    ///   - exclude: patterns after those of the ignore files.
    ///   - includesIgnored: whether ignored entries are told too, and all below them.
    ///   - findsDifferences: whether to warn where git would have decided otherwise (`go-git`).
    public init(
        dialect: IgnoreDialect = .goGit, exclude: [[UInt8]] = [], includesIgnored: Bool = false,
        findsDifferences: Bool = false
    ) {
        self.dialect = dialect
        self.exclude = exclude
        self.includesIgnored = includesIgnored
        self.findsDifferences = findsDifferences
    }

    /// Walks a directory in byte order; entries called `.git` are passed over at every level.
    ///
    /// - Parameter body: told each entry as it is found.
    /// - Returns: what the ignore files make people stumble over, one sentence each.
    @discardableResult
    public func walk(_ directory: String, _ body: (Entry) throws -> Void) throws -> [String] {
        try ChalkError.wrap {
            let tree = try IgnoreTree(directory, readsDockerignore: dialect == .docker)
            let options = ContextWalker.Options(
                profile: dialect.profile, exclude: exclude, dockerignore: tree.dockerignore,
                reportsIgnored: includesIgnored, findsDifferences: findsDifferences)
            return try ContextWalker(options: options).walk(tree.root) { entry, verdict in
                try body(Entry(path: entry.path, kind: entry.kind, verdict: verdict))
            }.map(\.description)
        }
    }
}
