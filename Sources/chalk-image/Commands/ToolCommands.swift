import ChalkImage
import ChalkSystem

/// `chalk-image version`.
enum VersionCommand: Command {
    static let syntax = CommandSyntax(
        name: "version", summary: "Say which version this is", operands: "", operandCount: 0...0, flags: [])

    static func run(_ arguments: ParsedArguments, _ surroundings: Surroundings) { say() }

    static func say() {
        StandardStream.output.write("chalk-image \(ChalkVersion.current)\n")
    }
}

/// `chalk-image dockerfile parse`.
enum DockerfileParseCommand: Command {
    static let syntax = CommandSyntax(
        name: "dockerfile parse", summary: "Show how a Dockerfile is read", operands: "FILE",
        operandCount: 1...1,
        flags: [.init("format", value: "sexpr|json", help: "the form (default: sexpr)")])

    static func run(_ arguments: ParsedArguments, _ surroundings: Surroundings) throws {
        guard let format = DockerfileReading.Format(rawValue: arguments["format"] ?? "sexpr") else {
            throw UsageError(
                "--format is sexpr or json, not \"\(arguments["format"] ?? "")\"", command: "dockerfile parse"
            )
        }
        StandardStream.output.write(
            try DockerfileReading.text(surroundings.absolute(arguments.operands[0]), format))
    }
}

/// `chalk-image spec convert`.
enum SpecConvertCommand: Command {
    static let syntax = CommandSyntax(
        name: "spec convert", summary: "Write a spec in its other form", operands: "SPEC",
        operandCount: 1...1,
        flags: [.init("to", value: "json|pb", help: "the form (default: json)")])

    static func run(_ arguments: ParsedArguments, _ surroundings: Surroundings) throws {
        let image = try SpecArgument.image(arguments.operands[0], surroundings)
        switch arguments["to"] ?? "json" {
        case "json": StandardStream.output.write(try image.json())
        case "pb": StandardStream.output.write(try image.protobuf())
        case let other: throw UsageError("--to is json or pb, not \"\(other)\"", command: "spec convert")
        }
    }
}

/// `chalk-image ignore list`.
enum IgnoreListCommand: Command {
    static let syntax = CommandSyntax(
        name: "ignore list", summary: "List what ignore rules leave of a directory", operands: "DIR",
        operandCount: 1...1,
        flags: [
            .init("all", help: "every entry, marked I (ignored) or K (kept)"),
            .init("null", "z", help: "end records with NUL instead of a line feed"),
            .init("profile", value: "PROFILE", help: "go-git, git or docker (default: go-git)"),
            .init("exclude", value: "GLOB", repeats: true, help: "a pattern after those of the ignore files"),
            .init("explain", help: "say which rule decided"),
        ])

    static func run(_ arguments: ParsedArguments, _ surroundings: Surroundings) throws {
        let profile = arguments["profile"] ?? "go-git"
        guard let rules = IgnoreListing.Profile(rawValue: profile) else {
            throw UsageError("--profile is go-git, git or docker, not \"\(profile)\"", command: "ignore list")
        }
        let listing = IgnoreListing(
            profile: rules, exclude: arguments.all("exclude"), includesIgnored: arguments.isSet("all"))
        let end: UInt8 = arguments.isSet("null") ? 0 : 0x0A
        var buffer: [UInt8] = []
        let warnings = try listing.walk(surroundings.absolute(arguments.operands[0])) {
            path, isIgnored, rule in
            if arguments.isSet("all") { buffer += [isIgnored ? UInt8(ascii: "I") : UInt8(ascii: "K"), 0x09] }
            buffer += path
            if arguments.isSet("explain"), let rule { buffer += Array("\t\(rule)".utf8) }
            buffer.append(end)
            if buffer.count > 60_000 {
                StandardStream.output.write(buffer)
                buffer.removeAll(keepingCapacity: true)
            }
        }
        StandardStream.output.write(buffer)
        for warning in warnings { StandardStream.error.write("warning: \(warning)\n") }
    }
}
