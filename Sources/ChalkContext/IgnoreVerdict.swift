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

/// Something about ignore files that the people who wrote them should know.
package enum IgnoreWarning: Hashable, Sendable, CustomStringConvertible {
    /// A rule of semantics.md section 8 in which go-git and git differ.
    package enum Difference: String, Hashable, Sendable, CaseIterable {
        /// `X/**` covers the directory X itself.
        case a = "A"
        /// A re-include that hits a directory keeps answering for everything below it.
        case b = "B"
        /// `**/` takes the first component that fits and never tries another.
        case c = "C"

        var bit: UInt8 {
            switch self {
            case .a: 1
            case .b: 2
            case .c: 4
            }
        }
    }

    /// git would have decided otherwise about `path`; said once for each pattern and rule.
    case difference(Difference, source: IgnoreRuleSource, path: [UInt8], isIgnored: Bool)
    /// A line over 65,535 bytes ended the reading of the file (go-git).
    case longLine(file: [UInt8], line: Int)
    /// The byte order mark is part of the first line (go-git).
    case byteOrderMark(file: [UInt8])
    /// The file is a link and profile `git` never follows one.
    case linkNotFollowed(file: [UInt8])
    /// The file is over 100 MiB, which profile `git` does not read.
    case hugeFileSkipped(file: [UInt8])

    /// One lower-case sentence that says how to go on.
    package var description: String {
        switch self {
        case .difference(let difference, let source, let path, let isIgnored):
            let here = isIgnored ? "ignored" : "kept"
            let there = isIgnored ? "keeps" : "ignores"
            return
                "\(ContextError.place(source.file, source.line)): \(ContextError.show(path)) is \(here) where git "
                + "\(there) it (rule \(difference.rawValue)): \(IgnoreWarning.advice(difference, source.text))"
        case .longLine(let file, let line):
            return
                "\(ContextError.place(file, line)): the line is longer than 65535 bytes, so it and all after it do "
                + "not count; split it"
        case .byteOrderMark(let file):
            return
                "\(ContextError.place(file, 1)): the file starts with a byte order mark, which counts as part of the "
                + "first line; save it without one"
        case .linkNotFollowed(let file):
            return "\(ContextError.show(file)) is a link and was not read, as git does; make it a file"
        case .hugeFileSkipped(let file):
            return
                "\(ContextError.show(file)) is larger than 100 MiB and was not read, as git does; make it smaller"
        }
    }

    private static func advice(_ difference: Difference, _ text: [UInt8]) -> String {
        let shown = ContextError.show(text)
        switch difference {
        case .a:
            let star = shown.replacingTrailing("/**/", by: "/*/").replacingTrailing("/**", by: "/*")
            return "\(shown) covers the directory itself; write \(star)"
        case .b:
            let bare = shown.hasSuffix("/") ? String(shown.dropLast()) : shown
            return
                "\(shown) answers for everything below the directory; write \(bare)/** after it to say so in git too"
        case .c:
            return
                "\(shown) takes the first directory that fits and tries no other; write out the leading directories"
        }
    }
}

extension String {
    fileprivate func replacingTrailing(_ ending: String, by other: String) -> String {
        hasSuffix(ending) ? dropLast(ending.count) + other : self
    }
}
