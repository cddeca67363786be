internal import ChalkContext
internal import ChalkSystem

/// Where several dialects disagree about a directory, and why.
public struct IgnoreComparison: Sendable {
    /// An entry that some dialects keep and some ignore.
    public struct Difference: Sendable {
        /// Below the directory, as it is on disk.
        public let path: [UInt8]
        /// `file`, `directory`, `link`, …
        public let type: String
        /// What each dialect says, in the order that was asked for.
        public let answers: [(dialect: IgnoreDialect, answer: IgnoreAnswer)]
        /// The letters of the rules that make go-git and git disagree; none where these two agree.
        public let rules: [String]
        /// What makes the difference, one clause each: first for the rules, then for `docker`.
        public let reasons: [String]
    }

    private let dialects: [IgnoreDialect]
    private let exclude: [[UInt8]]

    /// A comparison of some dialects.
    ///
    /// - Parameter exclude: patterns that come last in each.
    public init(_ dialects: [IgnoreDialect], exclude: [[UInt8]] = []) {
        self.dialects = dialects
        self.exclude = exclude
    }

    /// Walks a directory in byte order.
    ///
    /// - Parameter body: told each difference as it is found.
    /// - Returns: what the ignore files make people stumble over, one sentence each.
    @discardableResult
    public func walk(_ directory: String, _ body: (Difference) throws -> Void) throws -> [String] {
        try ChalkError.wrap {
            let tree = try IgnoreTree(directory, readsDockerignore: dialects.contains(.docker))
            let comparison = try DialectComparison(
                tree.root, profiles: dialects.map(\.profile), exclude: exclude,
                dockerignore: tree.dockerignore)
            let hasDockerignore = tree.dockerignore != nil
            return try comparison.run { found in
                let answers = zip(dialects, found.verdicts).map { ($0, IgnoreAnswer($1.verdict)) }
                let docker = IgnoreComparison.dockerReason(answers, hasDockerignore: hasDockerignore)
                try body(
                    Difference(
                        path: found.path, type: found.kind.word, answers: answers,
                        rules: found.rules.map(\.rawValue),
                        reasons: found.rules.map(\.words) + [docker].compactMap(\.self)))
            }.map(\.description)
        }
    }

    /// Why docker differs from another dialect; nil where it does not.
    private static func dockerReason(
        _ answers: [(dialect: IgnoreDialect, answer: IgnoreAnswer)], hasDockerignore: Bool
    ) -> String? {
        guard let docker = answers.first(where: { $0.dialect == .docker })?.answer,
            answers.contains(where: { $0.answer.isIgnored != docker.isIgnored })
        else { return nil }
        if !hasDockerignore { return "docker reads .dockerignore alone, and there is none" }
        if case .holdsKept = docker.reason {
            return "docker keeps a directory that it ignores for what a ! pattern keeps in it"
        }
        if docker.rule == nil { return "docker reads .dockerignore alone, and no pattern in it fits" }
        return
            "docker reads .dockerignore alone, holds each pattern against the whole path, and lets ! reach below "
            + "an ignored directory"
    }
}
