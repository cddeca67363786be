import ChalkImage
import ChalkOCI

/// The flags that say how much is moved at a time and how failures are met, and how the answer is printed; `push` and
/// `pull` share them.
enum PaceFlags {
    static let all: [CommandSyntax.Flag] = [
        .init("jobs", value: "N", help: "blobs that are moved at a time (default: 4)"),
        .init("retries", value: "N", help: "how often a request is tried again (default: 3)"),
        .init("json", help: "digest and totals as one JSON document"),
    ]

    /// Puts what the flags say into options.
    static func read(_ arguments: ParsedArguments, into options: inout TransferOptions, command: String) throws {
        if let jobs = try number("jobs", 1...64, arguments, command) { options.jobs = jobs }
        if let retries = try number("retries", 0...100, arguments, command) {
            options.retry = .exponential(attempts: retries)
        }
    }

    private static func number(
        _ flag: String, _ range: ClosedRange<Int>, _ arguments: ParsedArguments, _ command: String
    ) throws -> Int? {
        guard let text = arguments[flag] else { return nil }
        guard let value = Int(text), range.contains(value) else {
            throw UsageError(
                "--\(flag) is a number from \(range.lowerBound) to \(range.upperBound), not \"\(text)\"",
                command: command)
        }
        return value
    }

    /// Prints the digest, or all that is known with `--json`.
    static func answer(_ result: TransferResult, names: [Reference], _ arguments: ParsedArguments) {
        guard arguments.isSet("json") else { return StandardStream.output.write("\(result.digest)\n") }
        let json = JSON.object(present: [
            ("digest", .string(result.digest.description)),
            ("names", .strings(names.map(\.withDefaultTag.description))), ("totals", result.totals.json),
        ])
        StandardStream.output.write(json.pretty() + "\n")
    }
}
