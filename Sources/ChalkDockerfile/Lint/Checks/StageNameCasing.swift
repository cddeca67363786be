/// Stage names are compared without regard to case, so one spelling is enough.
enum StageNameCasing: LintCheck {
    static let rule = LintRule("StageNameCasing", "stage names are written in lower case")

    static func findings(in file: LintedFile) -> [LintFinding] {
        file.instructions.compactMap { parsed in
            guard case .from(let from) = parsed.instruction, let alias = from.alias,
                let written = parsed.syntax.words.last?.text, written != alias
            else { return nil }
            return finding(at: parsed, "the stage name \(written) is not in lower case; write \(alias)")
        }
    }
}
