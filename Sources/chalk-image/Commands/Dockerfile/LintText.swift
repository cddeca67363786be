import ChalkImage
import ChalkOCI

/// What the linter found, for people or for programs.
struct LintText {
    /// In which form.
    enum Format: String {
        /// `FILE:LINE: RULE: sentence`, one line each.
        case text
        /// One object, shaped like the answer of BuildKit's `--call=lint,format=json`.
        case json
    }

    private let name: String
    private let lint: DockerfileLint

    init(name: String, _ lint: DockerfileLint) {
        self.name = name
        self.lint = lint
    }

    /// Writes the findings to standard output, and a failure in text form to standard error.
    func write(_ format: Format) {
        switch format {
        case .json: StandardStream.output.write(json.pretty() + "\n")
        case .text:
            for finding in lint.findings {
                StandardStream.output.write(
                    "\(name):\(finding.lines.lowerBound): \(finding.rule): \(StepWords.printable(finding.message))\n"
                )
            }
            guard let failure = lint.failure else { return }
            let place = failure.line.map { "\(name):\($0)" } ?? name
            StandardStream.error.write("error: \(place): \(StepWords.printable(failure.message))\n")
        }
    }

    private var json: JSON {
        let warnings = lint.findings.map { finding in
            JSON.object(present: [
                ("ruleName", .string(finding.rule)), ("description", .string(finding.summary)),
                ("url", finding.documentation.map { .string($0) }), ("detail", .string(finding.message)),
                ("location", location(finding.lines)),
            ])
        }
        let failure = lint.failure.map { failure in
            JSON.object(present: [
                ("message", .string(failure.message)), ("location", failure.line.map { location($0...$0) }),
            ])
        }
        return .object(present: [
            ("warnings", .array(warnings)),
            ("sources", .array([.object(present: [("filename", .string(name))])])),
            ("buildError", failure),
        ])
    }

    private func location(_ lines: ClosedRange<Int>) -> JSON {
        func place(_ line: Int) -> JSON { .object(present: [("line", .integer(Int64(line)))]) }
        let range = JSON.object(present: [
            ("start", place(lines.lowerBound)), ("end", place(lines.upperBound)),
        ])
        return .object(present: [("sourceIndex", .integer(0)), ("ranges", .array([range]))])
    }
}
