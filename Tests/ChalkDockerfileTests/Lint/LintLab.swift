import Testing

@testable import ChalkDockerfile

/// A text and what the linter is to say of it.
struct LintCase: Sendable, CustomTestStringConvertible {
    let text: String
    /// `RULE:LINE`, in order.
    let findings: [String]

    init(_ text: String, _ findings: String...) {
        self.text = text
        self.findings = findings
    }

    var testDescription: String { text.debugDescription }
}

/// Looks at a text with only the rules of one origin, so that the cases of one do not bother the other.
func lint(
    _ text: String, origin: LintRule.Origin? = nil, _ change: (inout LintOptions) -> Void = { _ in }
) -> LintReport {
    var options = LintOptions()
    change(&options)
    let report = Linter.check(Array(text.utf8), name: "Dockerfile", options: options)
    guard let origin else { return report }
    return LintReport(
        findings: report.findings.filter { $0.rule.origin == origin }, failure: report.failure,
        isReadable: report.isReadable, findingsAreErrors: report.findingsAreErrors)
}

extension LintReport {
    /// `RULE:LINE` of every finding.
    var places: [String] { findings.map { "\($0.rule.name):\($0.lines.lowerBound)" } }
    var messages: [String] { findings.map { "\($0.lines.lowerBound): \($0.message)" } }
}
