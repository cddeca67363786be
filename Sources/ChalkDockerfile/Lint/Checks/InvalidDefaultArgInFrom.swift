internal import ChalkOCI

/// A base that is none unless somebody gives a build argument.
enum InvalidDefaultArgInFrom: LintCheck {
    static let rule = LintRule(
        "InvalidDefaultArgInFrom", "the defaults of ARGs make valid names of base images")

    static func findings(in file: LintedFile) -> [LintFinding] {
        guard let dockerfile = file.dockerfile, let defaults = file.defaults?.scope else { return [] }
        var findings: [LintFinding] = []
        for stage in dockerfile.stages {
            let lexer = WordLexer(escape: stage.opening.escape)
            guard let base = try? lexer.word(stage.baseName, lookup: { defaults[$0] }) else { break }
            if (try? Reference(parsing: base.text)) != nil { continue }
            findings.append(
                finding(
                    at: stage.opening,
                    "without build arguments \(stage.baseName) is no name of an image; give the ARG a default"
                ))
        }
        return findings
    }
}
