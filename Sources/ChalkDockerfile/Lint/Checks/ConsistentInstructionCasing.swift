/// Keywords in the case that most of them have.
enum ConsistentInstructionCasing: LintCheck {
    static let rule = LintRule(
        "ConsistentInstructionCasing", "every keyword of a file is written in the same case")

    static func findings(in file: LintedFile) -> [LintFinding] {
        let instructions = (file.dockerfile?.stages ?? []).flatMap { [$0.opening] + $0.instructions }
        let cases = instructions.compactMap { LetterCase(of: $0.syntax.keyword.text) }
        let lower = cases.count { $0 == .lower }
        let majority = lower > cases.count - lower ? LetterCase.lower : .upper
        return instructions.compactMap { parsed in
            let keyword = parsed.syntax.keyword.text
            let wanted = majority.applied(to: keyword)
            if keyword == wanted { return nil }
            return finding(
                at: parsed,
                "\(keyword) is not in the case of most keywords, \(majority.rawValue); write \(wanted)")
        }
    }
}
