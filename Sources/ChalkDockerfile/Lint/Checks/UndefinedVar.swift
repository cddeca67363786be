/// A variable that is used before anything gives it a value.
enum UndefinedVar: LintCheck {
    static let rule = LintRule("UndefinedVar", "variables are defined before they are used")

    static func findings(in file: LintedFile) -> [LintFinding] {
        file.stages.flatMap(\.instructions).flatMap { item -> [LintFinding] in
            // BuildKit says nothing of EXPOSE, whose words it replaces by another way.
            if case .expose = item.expanded { return [] }
            return item.undefined.map { variable in
                let hint =
                    variable.near.map { "; did you mean $\($0)?" } ?? "; define it before with ARG or ENV"
                return finding(at: item.place, "$\(variable.name) is not defined here\(hint)")
            }
        }
    }
}
