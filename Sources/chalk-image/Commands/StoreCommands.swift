import ChalkImage

/// `chalk-image verify`.
enum VerifyCommand: Command {
    static let syntax = CommandSyntax(
        name: "verify", summary: "Re-read the whole store and say what is wrong", operands: "",
        operandCount: 0...0,
        flags: [])

    static func run(_ arguments: ParsedArguments, _ surroundings: Surroundings) throws {
        let report = try surroundings.store(arguments).verify(cancellation: surroundings.cancellation)
        for problem in report.problems { StandardStream.output.write("\(problem)\n") }
        if !report.problems.isEmpty {
            throw ChalkError(
                .failed,
                "the store has \(report.problems.count) problem\(report.problems.count == 1 ? "" : "s")")
        }
        StandardStream.output.write("the store is good: \(report.summary)\n")
    }
}

/// `chalk-image prune`.
enum PruneCommand: Command {
    static let syntax = CommandSyntax(
        name: "prune", summary: "Delete what no image and no recent build needs", operands: "",
        operandCount: 0...0,
        flags: [
            .init(
                "older-than", value: "HOURS", help: "keep results used within so many hours (default: 168)"),
            .init("dry-run", help: "only say what would go"),
        ])

    static func run(_ arguments: ParsedArguments, _ surroundings: Surroundings) throws {
        let text = arguments["older-than"] ?? "168"
        guard let hours = Int64(text), hours >= 0, hours < 1 << 32 else {
            throw UsageError("--older-than is a number of hours, not \"\(text)\"", command: "prune")
        }
        let summary = try surroundings.store(arguments).prune(
            olderThan: hours * 3600, isDryRun: arguments.isSet("dry-run"))
        StandardStream.output.write("\(summary)\n")
    }
}
