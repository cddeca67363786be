import ChalkImage
import ChalkSystem

/// The flags that say what RUN steps are given: secrets, SSH agents, names, and how much of the machine. They are named
/// as Docker's and Buildah's.
enum RunStepFlags {
    static let secret = CommandSyntax.Flag(
        "secret", value: "id=ID[,src=FILE|env=NAME]", repeats: true,
        help: "what RUN --mount=type=secret,id=ID finds; kept nowhere; also as docs/secrets.md has it")

    static let all: [CommandSyntax.Flag] = [
        secret, SecretArguments.sourceFlag,
        .init(
            "ssh", value: "default|ID[=SOCKET|KEY[,KEY]]", repeats: true,
            help: "what RUN --mount=type=ssh asks: an agent (default: SSH_AUTH_SOCK) or key files"),
        .init("jobs", value: "N", help: "steps executed at a time (default: one for each processor)"),
        .init("add-host", value: "NAME:IP", repeats: true, help: "a name for /etc/hosts of RUN steps"),
        .init("memory", "m", value: "BYTES", help: "the most memory of a RUN step, such as 512m"),
        .init("memory-swap", value: "BYTES", help: "memory and swap together; -1 for no limit"),
        .init("cpu-period", value: "MICROSECONDS", help: "the period that --cpu-quota is a part of"),
        .init("cpu-quota", value: "MICROSECONDS", help: "processor time of a RUN step in each period"),
        .init("cpu-shares", "c", value: "N", help: "weight of RUN steps among others (usual: 1024)"),
        .init("cpuset-cpus", value: "LIST", help: "processors of RUN steps, such as 0-2,5"),
        .init("cpuset-mems", value: "LIST", help: "memory nodes of RUN steps"),
        .init("shm-size", value: "BYTES", help: "the size of /dev/shm (default: 64m)"),
        .init(
            "ulimit", value: "NAME=SOFT[:HARD]", repeats: true,
            help: "a limit of each process, such as nofile=1024"),
    ]

    /// Takes what the flags say into options.
    static func read(
        _ arguments: ParsedArguments, _ surroundings: Surroundings, into options: inout BuildOptions,
        _ wrong: (String) -> UsageError
    ) throws {
        options.secrets = try secrets(arguments, surroundings, wrong)
        for text in arguments.all("ssh") {
            let id = String(text.prefix { $0 != "=" })
            if id.isEmpty { throw wrong("--ssh is default or ID=PATH, not \"\(text)\"") }
            let given = text.dropFirst(id.count + 1).split(separator: ",").map {
                surroundings.absolute(String($0))
            }
            let usual = [surroundings.environment["SSH_AUTH_SOCK"]].compactMap { $0 }.filter { !$0.isEmpty }
            options.agents[id] = try BuildAgent(paths: given.isEmpty ? usual : given)
        }
        if let text = arguments["jobs"] {
            guard let jobs = Int(text), jobs > 0 else {
                throw wrong("--jobs is a number from 1 on, not \"\(text)\"")
            }
            options.jobs = jobs
        }
        options.hosts = try arguments.all("add-host").map { text in
            guard let host = host(text) else {
                throw wrong("--add-host is NAME:IP, such as mirror:10.0.0.5, not \"\(text)\"")
            }
            return host
        }
        options.limits = try limits(arguments, wrong)
    }

    /// The secrets of `--secret`, by id.
    static func secrets(
        _ arguments: ParsedArguments, _ surroundings: Surroundings, _ wrong: (String) -> UsageError
    ) throws -> [String: BuildSecret] {
        let texts = arguments.all("secret")
        func isDocker(_ text: String) -> Bool {
            text.split(separator: ",").contains {
                ["id", "type", "src", "source"].contains($0.prefix { $0 != "=" })
            }
        }
        let others = try texts.filter { !isDocker($0) }.map { try Secret(argument: $0) }
        var secrets =
            others.isEmpty
            ? [:]
            : try BuildSecret.named(others, from: SecretArguments.sources(arguments, surroundings, wrong))
        for text in texts where isDocker(text) {
            let (id, secret) = try dockerSecret(text, surroundings, wrong)
            secrets[id] = secret
        }
        return secrets
    }

    /// `id=ID[,src=FILE|env=NAME][,type=file|env]`.
    private static func dockerSecret(
        _ text: String, _ surroundings: Surroundings, _ wrong: (String) -> UsageError
    ) throws -> (String, BuildSecret) {
        var fields: [String: String] = [:]
        for field in text.split(separator: ",") {
            let name = field.prefix { $0 != "=" }
            let known = ["id", "src", "source", "env", "type"].contains(name)
            guard known, name.count < field.count else {
                throw wrong("--secret is id=ID,src=FILE or id=ID,env=NAME; \"\(field)\" is neither")
            }
            fields[name == "source" ? "src" : String(name)] = String(field.dropFirst(name.count + 1))
        }
        guard let id = fields["id"], !id.isEmpty else { throw wrong("--secret needs an id: id=ID") }
        switch fields["type"] {
        case nil, "file": break
        case "env": fields["env"] = fields["env"] ?? fields.removeValue(forKey: "src") ?? id
        case let other?: throw wrong("the type of --secret is file or env, not \"\(other)\"")
        }
        if fields["src"] == nil, fields["env"] == nil {
            // As Docker: a variable of that name, else a file.
            fields[surroundings.environment[id] == nil ? "src" : "env"] = id
        }
        guard let name = fields["env"] else {
            return (id, try BuildSecret(file: surroundings.absolute(fields["src"] ?? id)))
        }
        guard let value = surroundings.environment[name] else {
            throw ChalkError(.notFound, "the secret \"\(id)\" has no value: \(name) is not set")
        }
        return (id, try BuildSecret(Array(value.utf8)))
    }

    /// `NAME:IP` or `NAME=IP`; the host's gateway is the host itself, whose network steps share.
    private static func host(_ text: String) -> BuildHost? {
        let name = text.prefix { $0 != ":" && $0 != "=" }
        var address = String(text.dropFirst(name.count + 1))
        if address == "host-gateway" { address = "127.0.0.1" }
        if address.hasPrefix("["), address.hasSuffix("]") { address = String(address.dropFirst().dropLast()) }
        let isPlain = (name + address).utf8.allSatisfy { $0 > 0x20 && $0 != 0x7F }
        guard !name.isEmpty, isPlain, NumericAddress.isValid(address) else { return nil }
        return BuildHost(name: String(name), address: address)
    }

    private static func limits(
        _ arguments: ParsedArguments, _ wrong: (String) -> UsageError
    ) throws -> RunLimits {
        func amount(_ flag: String, isBytes: Bool = false, from lowest: Int64 = 1) throws -> Int64? {
            guard let text = arguments[flag] else { return nil }
            let value = isBytes ? SizeArgument.bytes(text) : Int64(text)
            guard let value, value >= lowest else { throw wrong("--\(flag) cannot be \"\(text)\"") }
            return value
        }
        var limits = RunLimits()
        limits.memory = try amount("memory", isBytes: true)
        limits.memoryAndSwap = try amount("memory-swap", isBytes: true, from: -1)
        limits.processorPeriod = try amount("cpu-period")
        limits.processorQuota = try amount("cpu-quota")
        limits.processorShares = try amount("cpu-shares")
        limits.processors = arguments["cpuset-cpus"]
        limits.memoryNodes = arguments["cpuset-mems"]
        limits.sharedMemory = try amount("shm-size", isBytes: true)
        limits.resources = try arguments.all("ulimit").map { text in
            guard let limit = resource(text) else {
                throw wrong("--ulimit is NAME=SOFT[:HARD], such as nofile=1024:2048, not \"\(text)\"")
            }
            return limit
        }
        return limits
    }

    private static let resources: Set<String> = [
        "as", "core", "cpu", "data", "fsize", "locks", "memlock", "msgqueue", "nice", "nofile", "nproc",
        "rss",
        "rtprio", "rttime", "sigpending", "stack",
    ]

    private static func resource(_ text: String) -> RunLimits.Resource? {
        let name = String(text.prefix { $0 != "=" })
        let values = text.dropFirst(name.count + 1).split(separator: ":", omittingEmptySubsequences: false)
        let numbers = values.compactMap { Int64($0) }
        guard resources.contains(name), (1...2).contains(values.count), numbers.count == values.count,
            let soft = numbers.first, let hard = numbers.last, soft >= -1, hard >= -1,
            hard == -1 || (soft != -1 && soft <= hard)
        else { return nil }
        return RunLimits.Resource(name: name, soft: soft, hard: hard)
    }
}

/// Amounts of memory on the command line.
enum SizeArgument {
    /// `1048576`, `64k`, `512m`, `1.5g`, also with a `b` behind; powers of 1024. `-1` stays.
    static func bytes(_ text: String) -> Int64? {
        if text == "-1" { return -1 }
        var number = text.lowercased()
        if number.hasSuffix("b") { number.removeLast() }
        let units: [Character: Int64] = ["k": 1 << 10, "m": 1 << 20, "g": 1 << 30, "t": 1 << 40]
        var factor: Int64 = 1
        if let last = number.last, let unit = units[last] {
            factor = unit
            number.removeLast()
        }
        guard number.utf8.allSatisfy({ (0x30...0x39).contains($0) || $0 == UInt8(ascii: ".") }),
            let value = Double(number), value * Double(factor) < Double(1 << 60)
        else { return nil }
        return Int64(value * Double(factor))
    }
}
