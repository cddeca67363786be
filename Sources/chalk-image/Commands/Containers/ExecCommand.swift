import ChalkImage
import ChalkSystem
import Glibc

/// `chalk-image exec`.
enum ExecCommand: Command {
    static let syntax = CommandSyntax(
        name: "exec", summary: "Run one more program in a container", operands: "CONTAINER WORD...",
        operandCount: 2...Int.max,
        flags: ContainerFlags.process + [
            .init("detach", "d", help: "do not wait for its end"),
            .init("timeout", value: "SECONDS", help: "kill it then"),
        ], endsFlags: true)

    static func run(_ arguments: ParsedArguments, _ surroundings: Surroundings) throws {
        var options = ExecOptions()
        options.environment = try ContainerFlags.environment(arguments, surroundings)
        options.workingDirectory = arguments["workdir"]
        options.user = arguments["user"]
        if let text = arguments["timeout"] {
            guard let seconds = Double(text), seconds > 0, seconds < 1e9 else {
                throw UsageError("--timeout is a number of seconds, not \"\(text)\"", command: "exec")
            }
            options.timeout = .seconds(seconds)
        }
        let isTerminal = arguments.isSet("tty")
        if isTerminal, isatty(0) != 1 {
            throw UsageError("--tty was said, but standard input is no terminal", command: "exec")
        }
        let relay = ExecRelay()
        Interruption.passOn { relay.send($0) }
        let status = try surroundings.store(arguments).performExec(
            arguments.operands[0], Array(arguments.operands.dropFirst()), options, isTerminal: isTerminal,
            isDetached: arguments.isSet("detach"), relay: relay, cancellation: surroundings.cancellation)
        exit(status)
    }
}
