/// FROM sees the ARGs before the first FROM and the platform arguments, and nothing else.
enum UndefinedArgInFrom: LintCheck {
    static let rule = LintRule("UndefinedArgInFrom", "FROM uses only arguments that are declared before it")

    static func findings(in file: LintedFile) -> [LintFinding] {
        guard let globals = file.globals else { return [] }
        let others = globals.declared.filter { globals.scope[$0] == nil }.sorted()
        return file.stages.flatMap { stage in
            let missing = stage.base.unmatched + (stage.platform?.unmatched ?? [])
            return missing.filter { !globals.declared.contains($0) }.map { name in
                let near = globals.scope.nearest(to: name) ?? Suggestion(for: name, among: others).word
                let hint =
                    near.map { "; did you mean \($0)?" } ?? "; declare it with ARG before the first FROM"
                return finding(at: stage.stage.opening, "FROM uses \(name), which no ARG declares\(hint)")
            }
        }
    }
}
