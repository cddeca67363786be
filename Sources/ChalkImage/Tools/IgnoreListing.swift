internal import ChalkContext
internal import ChalkSystem

/// What ignore rules leave of a directory, entry by entry.
public struct IgnoreListing: Sendable {
    /// Whose rules.
    public enum Profile: String, CaseIterable, Sendable {
        /// go-git v6, with `.chalkignore`: what ``Image/addLocalDir(_:to:strategy:exclude:archive:layers:)`` uses.
        case goGit = "go-git"
        /// git itself.
        case git
        /// `.dockerignore`.
        case docker
    }

    private let profile: Profile
    private let exclude: [String]
    private let includesIgnored: Bool

    /// A listing by some rules.
    ///
    /// - Parameters:
    ///   - exclude: patterns after those of the ignore files.
    ///   - includesIgnored: whether ignored entries are told too, and all below them.
    public init(profile: Profile = .goGit, exclude: [String] = [], includesIgnored: Bool = false) {
        self.profile = profile
        self.exclude = exclude
        self.includesIgnored = includesIgnored
    }

    /// Walks a directory in byte order.
    ///
    /// - Parameter body: told the path below the directory, whether it is ignored, and the rule that decided.
    /// - Returns: what the ignore files make people stumble over, one sentence each.
    @discardableResult
    public func walk(
        _ directory: String, _ body: ([UInt8], _ isIgnored: Bool, _ rule: String?) throws -> Void
    ) throws -> [String] {
        try ChalkError.wrap {
            let rules = IgnoreProfile(name: profile.rawValue) ?? .goGit
            var options = ContextWalker.Options(
                profile: rules, exclude: exclude.map { Array($0.utf8) }, reportsIgnored: includesIgnored)
            let path = "\(directory)/.dockerignore"
            if rules == .docker, try FileSystem.statusIfPresent(path)?.kind == .file {
                options.dockerignore = try IgnoreFile(
                    try FileSystem.read(path, limit: 16 << 20), path: Array(".dockerignore".utf8),
                    profile: rules)
            }
            let root = try FileDescriptor.directory(directory)
            return try ContextWalker(options: options).walk(root) { entry, verdict in
                try body(entry.path, verdict.isIgnored, verdict.rule?.description)
            }.map(\.description)
        }
    }
}
