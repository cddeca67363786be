import ChalkImage
import ChalkOCI
import ChalkSystem

/// `chalk-image ps`.
enum ContainersCommand: Command {
    static let syntax = CommandSyntax(
        name: "ps", summary: "List the containers that run", operands: "", operandCount: 0...0,
        flags: [
            .init("all", "a", help: "those that have ended as well"),
            .init("quiet", "q", help: "only their IDs"),
            .init("json", help: "one JSON document"),
        ])

    static func run(_ arguments: ParsedArguments, _ surroundings: Surroundings) throws {
        let all = try surroundings.store(arguments).containers()
        let list = arguments.isSet("all") ? all : all.filter { $0.status != .exited }
        if arguments.isSet("json") {
            StandardStream.output.write(JSON.array(list.map(\.json)).pretty() + "\n")
        } else if arguments.isSet("quiet") {
            StandardStream.output.write(list.map { $0.id + "\n" }.joined())
        } else {
            let now = WallClock.seconds()
            let rows =
                [["CONTAINER ID", "NAME", "IMAGE", "COMMAND", "CREATED", "STATUS", "PORTS"]]
                + list.map { ContainerText.row($0, now: now) }
            StandardStream.output.write(TextTable.text(rows))
        }
    }
}

/// `chalk-image stop`.
enum StopCommand: Command {
    static let syntax = CommandSyntax(
        name: "stop", summary: "Ask containers to end, then kill them", operands: "CONTAINER...",
        operandCount: 1...Int.max,
        flags: [.init("time", "t", value: "SECONDS", help: "how long to wait before the kill (default: 10)")])

    static func run(_ arguments: ParsedArguments, _ surroundings: Surroundings) throws {
        let text = arguments["time"] ?? "10"
        guard let seconds = Double(text), seconds >= 0, seconds < 1e9 else {
            throw UsageError("--time is a number of seconds, not \"\(text)\"", command: "stop")
        }
        let store = try surroundings.store(arguments)
        for name in arguments.operands {
            try store.performStop(name, grace: .seconds(seconds))
            StandardStream.output.write(name + "\n")
        }
    }
}

/// `chalk-image kill`.
enum KillCommand: Command {
    static let syntax = CommandSyntax(
        name: "kill", summary: "Send containers a signal", operands: "CONTAINER...",
        operandCount: 1...Int.max,
        flags: [.init("signal", "s", value: "SIGNAL", help: "which (default: KILL)")])

    static func run(_ arguments: ParsedArguments, _ surroundings: Surroundings) throws {
        let signal = try SignalName.number(arguments["signal"] ?? "KILL")
        let store = try surroundings.store(arguments)
        for name in arguments.operands {
            try store.performKill(name, signal: signal)
            StandardStream.output.write(name + "\n")
        }
    }
}

/// `chalk-image logs`.
enum LogsCommand: Command {
    static let syntax = CommandSyntax(
        name: "logs", summary: "Show what a container has written", operands: "CONTAINER",
        operandCount: 1...1,
        flags: [
            .init("follow", "f", help: "wait for more until it ends"),
            .init("tail", "n", value: "LINES", help: "only the last lines (default: all)"),
            .init("timestamps", "t", help: "say when each line was written"),
        ])

    static func run(_ arguments: ParsedArguments, _ surroundings: Surroundings) throws {
        var options = LogOptions()
        options.follows = arguments.isSet("follow")
        options.hasTimes = arguments.isSet("timestamps")
        if let text = arguments["tail"], text != "all" {
            guard let count = Int(text), (0...1 << 30).contains(count) else {
                throw UsageError("--tail is a number of lines, not \"\(text)\"", command: "logs")
            }
            options.tail = count
        }
        let store = try surroundings.store(arguments)
        try store.performLogs(
            arguments.operands[0], options, cancellation: surroundings.cancellation
        ) { piece in
            switch piece {
            case .output(let bytes): StandardStream.output.write(bytes)
            case .errors(let bytes): StandardStream.error.write(bytes)
            }
        }
    }
}

/// `chalk-image container rm`.
enum ContainerRemoveCommand: Command {
    static let syntax = CommandSyntax(
        name: "container rm", summary: "Remove containers that have ended", operands: "CONTAINER...",
        operandCount: 1...Int.max,
        flags: [.init("force", "f", help: "kill those that run first")])

    static func run(_ arguments: ParsedArguments, _ surroundings: Surroundings) throws {
        let store = try surroundings.store(arguments)
        for name in arguments.operands {
            try store.performRemoveContainer(name, force: arguments.isSet("force"))
            StandardStream.output.write(name + "\n")
        }
    }
}
