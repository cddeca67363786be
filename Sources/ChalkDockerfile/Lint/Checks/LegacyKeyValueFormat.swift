/// `ENV name value`, the form from before `ENV name=value`.
enum LegacyKeyValueFormat: LintCheck {
    static let rule = LintRule("LegacyKeyValueFormat", "ENV and LABEL are written NAME=value")

    static func findings(in file: LintedFile) -> [LintFinding] {
        file.stages.flatMap(\.instructions).compactMap { item in
            switch item.expanded {
            case .env, .label: break
            default: return nil
            }
            guard let separator = item.parsed.syntax.words.last, separator.text.isEmpty else { return nil }
            return finding(
                at: item.place,
                "a blank separates name and value, which is an old form; write \(item.keyword) NAME=value")
        }
    }
}
