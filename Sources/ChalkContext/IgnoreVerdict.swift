/// Whether an entry is ignored, and what decided it.
package struct IgnoreVerdict: Hashable, Sendable {
    /// What decided.
    package enum Reason: Hashable, Sendable {
        /// No pattern matched: kept.
        case noRule
        /// The last pattern that matched.
        case rule(IgnoreRuleSource)
        /// A directory above is ignored, by this pattern or because it is called `.git`.
        case insideIgnored(directory: [UInt8], by: IgnoreRuleSource?)
        /// Entries called `.git` never enter.
        case git
        /// A directory that is ignored itself but holds something that a `!` pattern keeps (docker).
        case holdsKept(IgnoreRuleSource?)
    }

    /// Whether the entry stays out of the image.
    package let isIgnored: Bool
    /// Why.
    package let reason: Reason

    /// A verdict from its parts.
    package init(isIgnored: Bool, reason: Reason) {
        self.isIgnored = isIgnored
        self.reason = reason
    }

    /// Kept, since nothing says otherwise.
    package static let kept = IgnoreVerdict(isIgnored: false, reason: .noRule)

    /// The pattern behind the verdict, where there is one.
    package var rule: IgnoreRuleSource? {
        switch reason {
        case .noRule, .git: nil
        case .rule(let source): source
        case .insideIgnored(_, let source), .holdsKept(let source): source
        }
    }
}

/// Where a pattern stands.
package struct IgnoreRuleSource: Hashable, Sendable, CustomStringConvertible {
    /// Path of the ignore file from the root; nil for an `exclude` entry.
    package let file: [UInt8]?
    /// The pattern.
    package let pattern: IgnorePattern

    /// A source from its parts.
    package init(file: [UInt8]?, pattern: IgnorePattern) {
        self.file = file
        self.pattern = pattern
    }

    /// Line number from 1; for an `exclude` entry its place in the list.
    package var line: Int { pattern.line }
    /// The pattern as it counts.
    package var text: [UInt8] { pattern.text }

    /// `a/.gitignore:3: !x`.
    package var description: String {
        "\(ContextError.place(file, line)): \(ContextError.show(text))"
    }
}
