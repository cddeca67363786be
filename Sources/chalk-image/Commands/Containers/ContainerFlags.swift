import ChalkImage
import ChalkSystem

/// The flags that say how an image is run. They are named as Docker's and Podman's.
enum ContainerFlags {
    static let process: [CommandSyntax.Flag] = [
        .init("env", "e", value: "NAME[=VALUE]", repeats: true, help: "a variable; alone, the host's"),
        .init("env-file", value: "FILE", repeats: true, help: "variables, a NAME=VALUE a line"),
        .init("workdir", "w", value: "DIR", help: "the working directory"),
        .init("user", "u", value: "USER[:GROUP]", help: "who runs it: names or numbers"),
        .init("interactive", "i", help: "keep standard input open (always so in the foreground)"),
        .init("tty", "t", help: "give it this terminal"),
    ]

    static let all: [CommandSyntax.Flag] =
        [
            .init("detach", "d", help: "start it in the background and print its ID"),
            .init("rm", help: "keep nothing of it when it has ended"),
            .init("name", value: "NAME", help: "what to call it"),
            .init("replace", help: "stop a container of that name first"),
            .init("cpu", value: "AMOUNT", help: "processors: 2, 0.5, 500m"),
            .init("cpus", value: "AMOUNT", help: "the same as --cpu"),
            .init("memory", "m", value: "AMOUNT", help: "memory: 2Gi, 512Mi, 512m"),
            .init("gpu", value: "AMOUNT", help: "not to be had here"),
            .init(
                "volume", "v", value: "NAME:/PATH[:ro]", repeats: true, help: "a volume and where it is seen"),
            .init(
                "publish", "p", value: "PORT[:PORT]", repeats: true,
                help: "a port that it listens on, which must be free: the network is the host's"),
            .init("entrypoint", value: "PROGRAM", help: "instead of the image's"),
            .init("lifetime", value: "SECONDS", help: "how long it may run"),
            .init("network", value: "host|none", help: "the network (default: host)"),
            .init("runtime", value: "PATH", help: "the OCI runtime (default: runc, else crun)"),
            .init(
                "secret", value: "NAME|env=VAR|file=PATH|…", repeats: true,
                help: "variables whose values are kept nowhere: docs/secrets.md"),
            SecretArguments.sourceFlag,
        ] + process

    /// What the flags say.
    static func read(
        _ arguments: ParsedArguments, _ surroundings: Surroundings
    ) throws -> ContainerOptions {
        func wrong(_ what: String) -> UsageError { UsageError(what, command: "run") }
        var options = ContainerOptions()
        options.name = arguments["name"]
        options.isRemovedAtEnd = arguments.isSet("rm")
        options.replacesOther = arguments.isSet("replace")
        options.cpu = arguments["cpu"] ?? arguments["cpus"]
        options.memory = arguments["memory"]
        options.gpu = arguments["gpu"]
        options.environment = try environment(arguments, surroundings)
        options.entrypoint = arguments["entrypoint"].map { $0.isEmpty ? [] : [$0] }
        options.command = Array(arguments.operands.dropFirst())
        options.ports = try arguments.all("publish").map { try PublishedPort(argument: $0) }
        options.volumes = VolumeMounts(try arguments.all("volume").map { try VolumeMount(argument: $0) })
        options.secrets = try SecretArguments.secrets(arguments)
        options.workingDirectory = arguments["workdir"]
        options.user = arguments["user"]
        options.keepsInputOpen = arguments.isSet("interactive")
        options.runtime = arguments["runtime"]
        if let text = arguments["lifetime"] {
            guard let seconds = Double(text), seconds > 0, seconds < 1e9 else {
                throw wrong("--lifetime is a number of seconds, not \"\(text)\"")
            }
            options.lifetime = .seconds(seconds)
        }
        switch arguments["network"] {
        case nil, "host", "default": break
        case "none": options.isolatesNetwork = true
        case let other?: throw wrong("--network is host or none, not \"\(other)\"")
        }
        return options
    }

    /// `NAME=value`: those of files first, then those of `-e`.
    static func environment(
        _ arguments: ParsedArguments, _ surroundings: Surroundings
    ) throws -> [String] {
        var variables: [String] = []
        func add(_ text: String) {
            if text.contains("=") {
                variables.append(text)
            } else if let value = surroundings.environment[text] {
                variables.append("\(text)=\(value)")
            }
        }
        for file in arguments.all("env-file") {
            let bytes = try FileSystem.read(surroundings.absolute(file), limit: 1 << 20)
            guard let text = String(validating: bytes, as: UTF8.self) else {
                throw ChalkError(.invalidInput, "the file of variables \(file) is not UTF-8")
            }
            // As Docker reads it: all behind the first = is the value.
            for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
                let words = String(line.drop { $0 == " " || $0 == "\t" }.split(separator: "\r").first ?? "")
                if words.isEmpty || words.hasPrefix("#") { continue }
                guard !words.hasPrefix("="), !words.prefix(while: { $0 != "=" }).contains(" ") else {
                    throw ChalkError(
                        .invalidInput, "\(file):\(index + 1): a line is NAME=VALUE, a comment, or empty")
                }
                add(words)
            }
        }
        for text in arguments.all("env") { add(text) }
        return variables
    }
}
