/// Two stages of one name: the later hides the earlier.
enum DuplicateStageName: LintCheck {
    static let rule = LintRule("DuplicateStageName", "every stage has a name of its own")

    static func findings(in file: LintedFile) -> [LintFinding] {
        var seen: [String: Int] = [:]
        return (file.dockerfile?.stages ?? []).compactMap { stage in
            guard let name = stage.alias else { return nil }
            guard let line = seen.updateValue(stage.opening.line, forKey: name) else { return nil }
            return finding(
                at: stage.opening,
                "a stage called \(name) begins on line \(line) already; name one of them anew")
        }
    }
}
