/// A rule in which go-git and git differ: semantics.md section 8, rows A to L.
package enum DialectRule: String, Hashable, Sendable, CaseIterable {
    case a = "A"
    case b = "B"
    case c = "C"
    case d = "D"
    case e = "E"
    case f = "F"
    case g = "G"
    case h = "H"
    case i = "I"
    case j = "J"
    case k = "K"
    case l = "L"

    /// What each of the two does, in one clause.
    package var words: String {
        switch self {
        case .a: "X/** covers the directory X itself in go-git, and only what is below it in git"
        case .b:
            "a pattern that fits a directory keeps answering for all below it in go-git; "
                + "a re-included directory says nothing of what is in it in git"
        case .c: "**/ takes the first component that fits in go-git and tries no other; git tries them all"
        case .d: "empty segments are skipped in go-git; a pattern that has one matches nothing in git"
        case .e:
            "a pattern is cut at every / in go-git; in git a / in a set does not cut, and \\/ is a slash"
        case .f: "three or more stars between slashes are one star in go-git, and ** in git"
        case .g: "a line of white space only says nothing in go-git; git drops only empty lines"
        case .h:
            "go-git cuts all spaces at the end of a line, or none behind a backslash; "
                + "git cuts those that no backslash protects"
        case .i: "a byte order mark is part of the first line in go-git; git skips it"
        case .j: "NUL is a byte like others in go-git; git ends the line there"
        case .k: "a line over 65535 bytes ends the reading of the file in go-git; git reads on"
        case .l: "an ignore file that is a link is read by go-git, and not by git"
        }
    }

    /// Its place in a set.
    fileprivate var bit: UInt16 {
        switch self {
        case .a: 1
        case .b: 1 << 1
        case .c: 1 << 2
        case .d: 1 << 3
        case .e: 1 << 4
        case .f: 1 << 5
        case .g: 1 << 6
        case .h: 1 << 7
        case .i: 1 << 8
        case .j: 1 << 9
        case .k: 1 << 10
        case .l: 1 << 11
        }
    }
}

/// Some of the twelve rules.
struct DialectRules: Hashable, Sendable {
    private var bits: UInt16

    /// None: go-git.
    static let none = DialectRules([])
    /// All: git.
    static let all = DialectRules(DialectRule.allCases)

    init(_ rules: [DialectRule]) {
        bits = rules.reduce(0) { $0 | $1.bit }
    }

    func contains(_ rule: DialectRule) -> Bool { bits & rule.bit != 0 }

    func without(_ rule: DialectRule) -> DialectRules {
        var rest = self
        rest.bits &= ~rule.bit
        return rest
    }
}
