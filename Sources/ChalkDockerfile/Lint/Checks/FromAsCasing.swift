/// `FROM … AS` or `from … as`.
enum FromAsCasing: LintCheck {
    static let rule = LintRule("FromAsCasing", "the word AS is written in the case of its FROM")

    static func findings(in file: LintedFile) -> [LintFinding] {
        file.instructions.compactMap { parsed in
            guard case .from(let from) = parsed.instruction, from.alias != nil else { return nil }
            let keyword = parsed.syntax.keyword.text
            let written = parsed.syntax.words[1].text
            // A keyword in mixed case is a matter of ConsistentInstructionCasing.
            guard let casing = LetterCase(of: keyword), written != casing.applied(to: written) else {
                return nil
            }
            return finding(
                at: parsed,
                "\(written) is not in the case of \(keyword); write \(casing.applied(to: written))")
        }
    }
}

/// The case of a keyword that has one case throughout.
enum LetterCase: String {
    case lower = "lower case"
    case upper = "upper case"

    init?(of keyword: String) {
        if keyword == keyword.lowercased() {
            self = .lower
        } else if keyword == keyword.uppercased() {
            self = .upper
        } else {
            return nil
        }
    }

    func applied(to word: String) -> String {
        self == .lower ? word.lowercased() : word.uppercased()
    }
}
