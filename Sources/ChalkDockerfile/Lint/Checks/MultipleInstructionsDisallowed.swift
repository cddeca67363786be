/// Of several CMD, ENTRYPOINT or HEALTHCHECK of a stage only the last counts.
enum MultipleInstructionsDisallowed: LintCheck {
    static let rule = LintRule(
        "MultipleInstructionsDisallowed", "a stage has at most one CMD, ENTRYPOINT and HEALTHCHECK each")

    static func findings(in file: LintedFile) -> [LintFinding] {
        var findings: [LintFinding] = []
        for stage in file.stages {
            var last: [String: LintedInstruction] = [:]
            for item in stage.instructions {
                let keyword = item.expanded.keyword
                guard ["CMD", "ENTRYPOINT", "HEALTHCHECK"].contains(keyword) else { continue }
                guard let lost = last.updateValue(item, forKey: keyword) else { continue }
                // The one that is lost is told of; both may ask for silence.
                findings.append(
                    LintFinding(
                        rule: rule,
                        message: "this \(keyword) is lost, since one on line \(item.place.line) follows; "
                            + "keep one of them",
                        lines: lost.place.syntax.lines,
                        comments: item.parsed.syntax.comments + lost.parsed.syntax.comments))
            }
        }
        return findings
    }
}
