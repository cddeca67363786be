import ChalkImage
import ChalkSystem
import Glibc

/// `chalk-image run`.
enum RunCommand: Command {
    static let syntax = CommandSyntax(
        name: "run", summary: "Run an image, in the foreground or in the background",
        operands: "REF [WORD...]", operandCount: 1...Int.max, flags: ContainerFlags.all + TransferFlags.all,
        endsFlags: true)

    static func run(_ arguments: ParsedArguments, _ surroundings: Surroundings) throws {
        let options = try ContainerFlags.read(arguments, surroundings)
        let isDetached = arguments.isSet("detach")
        let isTerminal = arguments.isSet("tty")
        if isTerminal, isDetached {
            throw UsageError("--tty is for the foreground, --detach for the background", command: "run")
        }
        if isTerminal, isatty(0) != 1 {
            throw UsageError("--tty was said, but standard input is no terminal", command: "run")
        }
        let secrets = try SecretArguments.sources(arguments, surroundings) { UsageError($0, command: "run") }
        let relay = SignalRelay()
        if !isDetached { Interruption.passOn { relay.send($0) } }
        let store = try surroundings.store(arguments)
        let transfer = try TransferFlags.read(arguments, surroundings)
        let image = arguments.operands[0]
        if isDetached {
            let id = try store.performStart(
                image, options, secrets: secrets, transfer, cancellation: surroundings.cancellation)
            StandardStream.output.write(id + "\n")
            return
        }
        let end = try store.performRun(
            image, options, isTerminal: isTerminal, secrets: secrets, transfer, relay: relay,
            cancellation: surroundings.cancellation)
        if let reason = end.reason { StandardStream.error.write("warning: \(reason)\n") }
        exit(end.exitCode)
    }
}
