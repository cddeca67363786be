import ChalkImage
import ChalkOCI

/// `chalk-image push`.
enum PushCommand: Command {
    static let syntax = CommandSyntax(
        name: "push", summary: "Send an image to registries", operands: "NAME [REF...]",
        operandCount: 1...Int.max,
        flags: [
            .init("progress", value: "MODE", help: "auto, tty, plain, json or quiet")
        ] + PaceFlags.all + TransferFlags.all)

    static func run(_ arguments: ParsedArguments, _ surroundings: Surroundings) throws {
        let name = arguments.operands[0]
        let others = try arguments.operands.dropFirst().map { try Reference($0) }
        let destinations = others.isEmpty ? [try Reference(name)] : others
        var transfer = try TransferFlags.read(arguments, surroundings)
        try PaceFlags.read(arguments, into: &transfer, command: "push")
        let progress = try TransferProgress.renderer(arguments, command: "push")
        defer { progress.finish() }
        let result = try surroundings.store(arguments).performPush(
            name, to: destinations, transfer, cancellation: surroundings.cancellation
        ) { progress.show(.transfer($0)) }
        progress.show(.transferred(result.totals))
        progress.finish()
        PaceFlags.answer(result, names: destinations, arguments)
    }
}

/// `chalk-image pull`.
enum PullCommand: Command {
    static let syntax = CommandSyntax(
        name: "pull", summary: "Fetch an image from a registry", operands: "REF", operandCount: 1...1,
        flags: [
            .init("platform", value: "OS/ARCH", help: "which image of several (default: this machine's)"),
            .init("all-platforms", help: "all images of an index, and the index"),
            .init("progress", value: "MODE", help: "auto, tty, plain, json or quiet"),
        ] + PaceFlags.all + TransferFlags.all)

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
        var transfer = try TransferFlags.read(arguments, surroundings)
        try PaceFlags.read(arguments, into: &transfer, command: "pull")
        let progress = try TransferProgress.renderer(arguments, command: "pull")
        defer { progress.finish() }
        let result = try surroundings.store(arguments).performPull(
            name, platform: platform, transfer, cancellation: surroundings.cancellation
        ) { progress.show(.transfer($0)) }
        progress.show(.transferred(result.totals))
        progress.finish()
        PaceFlags.answer(result, names: [name], arguments)
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
