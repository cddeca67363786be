/// A blank line within a continued instruction, which BuildKit means to refuse one day.
enum NoEmptyContinuation: LintCheck {
    static let rule = LintRule("NoEmptyContinuation", "continued lines are not interrupted by empty ones")

    static func findings(in file: LintedFile) -> [LintFinding] {
        file.syntax.warnings.map { warning in
            LintFinding(
                rule: rule,
                message: "a line of the continued instruction is empty; remove it, or make it a comment",
                lines: warning.line...warning.line, comments: [])
        }
    }
}
