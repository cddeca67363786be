/// What a check of the linter looks for, under the name that `# check=skip=…` takes.
package struct LintRule: Sendable, Hashable {
    /// Who made the rule up.
    package enum Origin: Sendable, Hashable {
        /// A build check of BuildKit, with its name and its opinion.
        case buildKit
        case own
    }

    package let name: String
    /// One sentence, the same for every finding.
    package let summary: String
    package let origin: Origin
    /// Whether it is silent until `# check=experimental=…` names it.
    package let isExperimental: Bool

    init(_ name: String, _ summary: String, origin: Origin = .buildKit, isExperimental: Bool = false) {
        self.name = name
        self.summary = summary
        self.origin = origin
        self.isExperimental = isExperimental
    }

    /// The page of BuildKit's documentation.
    package var documentation: String? {
        origin == .own ? nil : "https://docs.docker.com/go/dockerfile/rule/\(kebabName)/"
    }

    /// `JSONArgsRecommended` as `json-args-recommended`.
    private var kebabName: String {
        let letters = Array(name.unicodeScalars)
        var kebab = ""
        for (index, letter) in letters.enumerated() {
            let next = index + 1 < letters.count ? letters[index + 1] : "A"
            let begins = index > 0 && isUpper(letter) && (!isUpper(letters[index - 1]) || !isUpper(next))
            kebab += (begins ? "-" : "") + String(Character(letter)).lowercased()
        }
        return kebab
    }

    private func isUpper(_ letter: Unicode.Scalar) -> Bool { ("A"..."Z").contains(letter) }
}

/// One check: a rule, and how to find what breaks it.
protocol LintCheck: SendableMetatype {
    static var rule: LintRule { get }
    /// In any order; the linter sorts, and drops what the file wants to be skipped.
    static func findings(in file: LintedFile) -> [LintFinding]
}

extension LintCheck {
    /// A finding at an instruction.
    static func finding(at place: ParsedInstruction, _ message: String) -> LintFinding {
        LintFinding(
            rule: rule, message: message, lines: place.syntax.lines, comments: place.syntax.comments)
    }
}
