import ChalkImage
import ChalkOCI

/// `chalk-image push`.
enum PushCommand: Command {
    static let syntax = CommandSyntax(
        name: "push", summary: "Send an image to registries", operands: "NAME [REF...]",
        operandCount: 1...Int.max,
        flags: [
            .init("progress", value: "MODE", help: "auto, tty, plain, json or quiet")
        ] + TransferPlanFlags.all + TransferFlags.all)

    static func run(_ arguments: ParsedArguments, _ surroundings: Surroundings) throws {
        let name = arguments.operands[0]
        let others = try arguments.operands.dropFirst().map { try Reference($0) }
        let destinations = others.isEmpty ? [try Reference(name)] : others
        let transfer = try TransferPlanFlags.options(arguments, surroundings, command: "push")
        let progress = try TransferProgress.renderer(arguments, command: "push")
        defer { progress.finish() }
        let result = try surroundings.store(arguments).performPush(
            name, to: destinations, transfer, cancellation: surroundings.cancellation
        ) { progress.show(.transfer($0)) }
        progress.show(.transferred(result.totals))
        progress.finish()
        TransferPlanFlags.answer(result, names: destinations, arguments)
    }
}

/// `chalk-image pull`.
enum PullCommand: Command {
    static let syntax = CommandSyntax(
        name: "pull", summary: "Fetch an image from a registry", operands: "REF", operandCount: 1...1,
        flags: [
            .init("platform", value: "OS/ARCH", help: "which image of several (default: this machine's)"),
            .init("all-platforms", help: "all images of an index, and the index"),
            .init("volumes", help: "its groups too: the lazy files that belong to it now"),
            .init("progress", value: "MODE", help: "auto, tty, plain, json or quiet"),
        ] + TransferPlanFlags.all + TransferFlags.all)

    static func run(_ arguments: ParsedArguments, _ surroundings: Surroundings) throws {
        var platform: Platform? = arguments.isSet("all-platforms") ? nil : .host
        if let text = arguments["platform"] {
            guard let parsed = Platform(text) else {
                throw UsageError(
                    "--platform is OS/ARCH such as linux/amd64, not \"\(text)\"", command: "pull")
            }
            if platform == nil {
                throw UsageError("--platform and --all-platforms exclude each other", command: "pull")
            }
            platform = parsed
        }
        let name = try Reference(arguments.operands[0])
        let transfer = try TransferPlanFlags.options(arguments, surroundings, command: "pull")
        let progress = try TransferProgress.renderer(arguments, command: "pull")
        defer { progress.finish() }
        let result = try surroundings.store(arguments).performPull(
            name, platform: platform, volumes: arguments.isSet("volumes"), transfer,
            cancellation: surroundings.cancellation
        ) { progress.show(.transfer($0)) }
        progress.show(.transferred(result.totals))
        progress.finish()
        TransferPlanFlags.answer(result, names: [name], arguments)
    }
}

/// The flags that say how much is moved at a time and how failures are met; `push` and `pull` share them.
enum TransferPlanFlags {
    static let all: [CommandSyntax.Flag] = [
        .init("jobs", value: "N", help: "blobs that are moved at a time (default: 4)"),
        .init("retries", value: "N", help: "how often a request is tried again (default: 3)"),
        .init("json", help: "digest and totals as one JSON document"),
    ]

    static func options(
        _ arguments: ParsedArguments, _ surroundings: Surroundings, command: String
    ) throws -> TransferOptions {
        var options = try TransferFlags.read(arguments, surroundings)
        if let jobs = try number("jobs", 1...64, arguments, command) { options.jobs = jobs }
        if let retries = try number("retries", 0...100, arguments, command) {
            options.retry = .exponential(attempts: retries)
        }
        return options
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

/// The `--progress` of transfers.
enum TransferProgress {
    static func renderer(_ arguments: ParsedArguments, command: String) throws -> any ProgressRenderer {
        let mode = arguments["progress"] ?? "auto"
        guard let renderer = ProgressMode(rawValue: mode)?.renderer() else {
            throw UsageError(
                "--progress is auto, tty, plain, json or quiet, not \"\(mode)\"", command: command)
        }
        return renderer
    }
}
