import ChalkImage
import ChalkOCI

/// `chalk-image auth explain`.
enum AuthExplainCommand: Command {
    static let syntax = CommandSyntax(
        name: "auth explain",
        summary: "Ask a registry for an image, and show how, as whom and what it answers",
        operands: "REF", operandCount: 1...1,
        flags: [
            .init("push", help: "ask whether REF may be pushed to"),
            .init("json", help: "one JSON document"),
        ] + TransferFlags.all)

    static func run(_ arguments: ParsedArguments, _ surroundings: Surroundings) throws {
        let explanation = try RegistryAccess(TransferFlags.read(arguments, surroundings)).performExplain(
            try Reference(arguments.operands[0]), isPush: arguments.isSet("push"),
            cancellation: surroundings.cancellation)
        StandardStream.output.write(
            arguments.isSet("json") ? explanation.jsonText + "\n" : explanation.description)
        if let error = explanation.error { throw error }
    }
}
