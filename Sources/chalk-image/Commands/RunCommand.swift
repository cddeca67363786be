import ChalkImage
import Glibc

/// `chalk-image run`.
enum RunCommand: Command {
    static let syntax = CommandSyntax(
        name: "run", summary: "Run an image once, in the foreground, on a throw-away copy",
        operands: "REF [-- WORD...]",
        operandCount: 1...Int.max,
        flags: [
            .init("env", "e", value: "NAME[=VALUE]", repeats: true, help: "a variable for the container"),
            .init("entrypoint", value: "PROGRAM", help: "instead of the image's"),
            .init("network", value: "host|none", help: "the network (default: host)"),
            .init("runtime", value: "PATH", help: "the OCI runtime (default: runc, else crun)"),
        ] + TransferFlags.all)

    static func run(_ arguments: ParsedArguments, _ surroundings: Surroundings) throws {
        var options = RunOptions()
        options.words = Array(arguments.operands.dropFirst())
        options.entrypoint = arguments["entrypoint"]
        options.runtime = arguments["runtime"]
        switch arguments["network"] {
        case nil, "host", "default": break
        case "none": options.isolatesNetwork = true
        case let other?: throw UsageError("--network is host or none, not \"\(other)\"", command: "run")
        }
        for text in arguments.all("env") {
            if text.contains("=") {
                options.environment.append(text)
            } else if let value = surroundings.environment[text] {
                options.environment.append("\(text)=\(value)")
            }
        }
        let store = try surroundings.store(arguments)
        let transfer = try TransferFlags.read(arguments, surroundings)
        let status = try store.performRun(
            arguments.operands[0], options, transfer, cancellation: surroundings.cancellation)
        exit(status)
    }
}
