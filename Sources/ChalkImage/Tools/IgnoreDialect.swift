internal import ChalkContext

/// Whose ignore rules are meant.
public enum IgnoreDialect: String, CaseIterable, Hashable, Sendable {
    /// go-git v6, with `.chalkignore`: what ``Image/addLocalDir(_:to:strategy:exclude:archive:layers:)`` uses.
    case goGit = "go-git"
    /// git itself.
    case git
    /// `.dockerignore`, as BuildKit reads it.
    case docker

    var profile: IgnoreProfile {
        switch self {
        case .goGit: .goGit
        case .git: .git
        case .docker: .docker
        }
    }
}

/// A pattern that decided, and where it stands.
public struct IgnoreRule: Hashable, Sendable, CustomStringConvertible {
    /// The ignore file, from the root; nil for an `exclude` entry.
    public let file: [UInt8]?
    /// From 1; for an `exclude` entry its place in the list.
    public let line: Int
    /// As it counts: without line end and trailing spaces, with its `!` and `/`.
    public let pattern: [UInt8]
    /// `a/.gitignore:3: !x`, fit for a terminal.
    public let description: String

    init(_ source: IgnoreRuleSource) {
        file = source.file
        line = source.line
        pattern = source.text
        description = source.description
    }
}

/// Whether something is ignored, and why.
public struct IgnoreAnswer: Hashable, Sendable {
    /// What decided.
    public enum Reason: Hashable, Sendable {
        /// No pattern fits: kept.
        case noRule
        /// The last pattern that fits.
        case rule(IgnoreRule)
        /// A directory above is ignored: by a pattern, or because it is called `.git`.
        case insideIgnored(directory: [UInt8], by: IgnoreRule?)
        /// It is called `.git`, which never enters an image.
        case git
        /// An ignored directory that stays because of something in it that a `!` pattern keeps (docker).
        case holdsKept(IgnoreRule?)
    }

    /// Whether it stays out.
    public let isIgnored: Bool
    /// Why.
    public let reason: Reason

    init(_ verdict: IgnoreVerdict) {
        isIgnored = verdict.isIgnored
        reason =
            switch verdict.reason {
            case .noRule: .noRule
            case .rule(let source): .rule(IgnoreRule(source))
            case .insideIgnored(let directory, let source):
                .insideIgnored(directory: directory, by: source.map(IgnoreRule.init))
            case .git: .git
            case .holdsKept(let source): .holdsKept(source.map(IgnoreRule.init))
            }
    }

    /// The pattern behind it, where there is one.
    public var rule: IgnoreRule? {
        switch reason {
        case .noRule, .git: nil
        case .rule(let rule): rule
        case .insideIgnored(_, let rule), .holdsKept(let rule): rule
        }
    }
}
