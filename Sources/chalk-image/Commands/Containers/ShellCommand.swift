import ChalkImage
import ChalkSystem
import Glibc

/// `chalk-image shell`.
enum ShellCommand: Command {
    static let syntax = CommandSyntax(
        name: "shell", summary: "Look around where a RUN failed, or in an image",
        operands: "--failed | REF [-- WORD...]",
        operandCount: 0...Int.max,
        flags: [
            .init("failed", help: "enter the last RUN that failed, as it was then"),
            RunStepFlags.secret, SecretArguments.sourceFlag,
            .init("run-env", value: "NAME[=VALUE]", repeats: true, help: "a variable"),
            .init("runtime", value: "PATH", help: "the OCI runtime (default: runc, else crun)"),
        ] + TransferFlags.all)

    static func run(_ arguments: ParsedArguments, _ surroundings: Surroundings) throws {
        var environment: [String] = []
        for text in arguments.all("run-env") {
            if text.contains("=") {
                environment.append(text)
            } else if let value = surroundings.environment[text] {
                environment.append("\(text)=\(value)")
            }
        }
        let isTerminal = isatty(0) == 1 && isatty(1) == 1
        guard arguments.isSet("failed") else {
            guard let name = arguments.operands.first else {
                throw UsageError("say --failed, or which image: REF", command: "shell")
            }
            var options = ContainerOptions()
            let words = Array(arguments.operands.dropFirst())
            options.entrypoint = words.isEmpty ? ["/bin/sh"] : words
            options.environment = environment
            options.isRemovedAtEnd = true
            options.runtime = arguments["runtime"]
            let relay = SignalRelay()
            Interruption.passOn { relay.send($0) }
            let end = try surroundings.store(arguments).performRun(
                name, options, isTerminal: isTerminal,
                secrets: SecretSources(environment: [:], workingDirectory: surroundings.workingDirectory),
                try TransferFlags.read(arguments, surroundings), relay: relay,
                cancellation: surroundings.cancellation)
            exit(end.exitCode)
        }
        var options = ShellOptions()
        options.words = arguments.operands
        options.environment = environment
        options.isTerminal = isTerminal
        options.runtime = arguments["runtime"]
        options.secrets = try RunStepFlags.secrets(arguments, surroundings) {
            UsageError($0, command: "shell")
        }
        let status = try surroundings.store(arguments).performShellInFailedStep(
            options, cancellation: surroundings.cancellation
        ) { StandardStream.error.write("\($0)\n") }
        exit(status)
    }
}
