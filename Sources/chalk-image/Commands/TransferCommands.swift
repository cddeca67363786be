import ChalkImage
import ChalkOCI

/// `chalk-image push`.
enum PushCommand: Command {
    static let syntax = CommandSyntax(
        name: "push", summary: "Send an image to a registry", operands: "REF [DESTINATION]",
        operandCount: 1...2,
        flags: [
            .init("progress", value: "MODE", help: "auto, tty, plain, json or quiet")
        ] + TransferFlags.all)

    static func run(_ arguments: ParsedArguments, _ surroundings: Surroundings) throws {
        let transfer = try TransferFlags.read(arguments, surroundings)
        let progress = try TransferProgress.renderer(arguments, command: "push")
        defer { progress.finish() }
        let digest = try surroundings.store(arguments).performPush(
            arguments.operands[0], to: try Reference(arguments.operands.last ?? ""),
            transfer, cancellation: surroundings.cancellation
        ) { progress.show(.transfer($0)) }
        progress.finish()
        StandardStream.output.write("\(digest)\n")
    }
}

/// `chalk-image pull`.
enum PullCommand: Command {
    static let syntax = CommandSyntax(
        name: "pull", summary: "Fetch an image from a registry", operands: "REF", operandCount: 1...1,
        flags: [
            .init("platform", value: "OS/ARCH", help: "which image of several (default: this machine's)"),
            .init("progress", value: "MODE", help: "auto, tty, plain, json or quiet"),
        ] + TransferFlags.all)

    static func run(_ arguments: ParsedArguments, _ surroundings: Surroundings) throws {
        var platform = Platform.host
        if let text = arguments["platform"] {
            guard let parsed = Platform(text) else {
                throw UsageError(
                    "--platform is OS/ARCH such as linux/amd64, not \"\(text)\"", command: "pull")
            }
            platform = parsed
        }
        let transfer = try TransferFlags.read(arguments, surroundings)
        let progress = try TransferProgress.renderer(arguments, command: "pull")
        defer { progress.finish() }
        let digest = try surroundings.store(arguments).performPull(
            try Reference(arguments.operands[0]), platform: platform,
            transfer, cancellation: surroundings.cancellation
        ) { progress.show(.transfer($0)) }
        progress.finish()
        StandardStream.output.write("\(digest)\n")
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
