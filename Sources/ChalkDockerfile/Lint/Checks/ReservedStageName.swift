/// Names that mean something else where a stage is asked for.
enum ReservedStageName: LintCheck {
    static let rule = LintRule("ReservedStageName", "no stage is called scratch or context")

    static func findings(in file: LintedFile) -> [LintFinding] {
        (file.dockerfile?.stages ?? []).compactMap { stage in
            guard let name = stage.alias, ["scratch", "context"].contains(name) else { return nil }
            return finding(
                at: stage.opening, "\(name) means something else than a stage; choose another name")
        }
    }
}
