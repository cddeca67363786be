/// Something that a check found.
package struct LintFinding: Sendable, Hashable {
    package let rule: LintRule
    /// What is wrong here and how to go on, a lower-case sentence. Never the value of a variable.
    package let message: String
    /// The physical lines of the instruction, 1-based.
    package let lines: ClosedRange<Int>
    /// The comments above the instruction, which may ask for silence.
    let comments: [String]

    /// As BuildKit writes a warning of a build on one line.
    package var warning: String { "\(rule.name): \(message) (line \(lines.lowerBound))" }
}

/// What the linter says of a file.
package struct LintReport: Sendable {
    /// In the order of the lines.
    package let findings: [LintFinding]
    /// Why the file cannot be built whatever it is given, or nil.
    package let failure: DockerfileError?
    /// False when the failure is in the text itself, so that only what stands before it was looked at.
    package let isReadable: Bool
    /// Whether the file wants a build with findings to fail (`# check=error=true`).
    package let findingsAreErrors: Bool
}
