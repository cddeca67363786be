import ChalkImage
import ChalkOCI

/// `chalk-image ignore diff`.
enum IgnoreDiffCommand: Question {
    static let syntax = CommandSyntax(
        name: "ignore diff", summary: "List the entries on which ignore dialects disagree, and why",
        operands: "DIR",
        operandCount: 1...1,
        flags: [
            .init("as", value: "LIST", help: "two or three of go-git,git,docker (default: go-git,git)"),
            IgnoreFlags.exclude, .init("json", help: "a JSON object for each entry"),
        ])

    static func answer(_ arguments: ParsedArguments, _ surroundings: Surroundings) throws -> ExitCode {
        let words = (arguments["as"] ?? "go-git,git").split(separator: ",", omittingEmptySubsequences: false)
        let dialects = try words.map {
            try IgnoreFlags.dialect(String($0), flag: "--as", command: syntax.name)
        }
        guard dialects.count > 1, Set(dialects).count == dialects.count else {
            throw UsageError(
                "--as names two or three different ones of go-git, git and docker", command: syntax.name)
        }
        let isJSON = arguments.isSet("json")
        let comparison = IgnoreComparison(dialects, exclude: arguments.allBytes("exclude"))
        var count = 0
        var output = BufferedOutput()
        defer { output.flush() }
        let warnings = try comparison.walk(surroundings.absolute(arguments.operands[0])) { difference in
            count += 1
            output.write(isJSON ? IgnoreJSON.difference(difference).compact() + "\n" : text(difference))
        }
        output.flush()
        IgnoreFlags.say(warnings)
        return count == 0 ? .done : .failed
    }

    private static func text(_ difference: IgnoreComparison.Difference) -> String {
        let slash = difference.type == "directory" ? "/" : ""
        var text = String(decoding: GitQuoting.quoted(difference.path), as: UTF8.self) + slash + "\n"
        for (dialect, answer) in difference.answers {
            text += column(dialect.rawValue, 6) + "  " + column(answer.isIgnored ? "ignored" : "kept", 7)
            text += "  \(words(answer))\n"
        }
        for (index, reason) in difference.reasons.enumerated() {
            let rule = difference.rules.indices.contains(index) ? "rule \(difference.rules[index]): " : ""
            text += "  \(rule)\(reason)\n"
        }
        return text
    }

    private static func column(_ word: String, _ width: Int) -> String {
        "  " + word + String(repeating: " ", count: max(0, width - word.count))
    }

    private static func words(_ answer: IgnoreAnswer) -> String {
        switch answer.reason {
        case .noRule: return "no pattern fits"
        case .rule(let rule): return "\(rule)"
        case .git: return ".git never enters"
        case .insideIgnored(let directory, let rule):
            let above = String(decoding: GitQuoting.quoted(directory), as: UTF8.self)
            return "\(rule.map { "\($0)" } ?? ".git never enters") (ignores \(above)/)"
        case .holdsKept(let rule):
            return "\(rule.map { "\($0)" } ?? "ignored") (but something in it is kept)"
        }
    }
}
