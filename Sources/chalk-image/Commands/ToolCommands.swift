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
