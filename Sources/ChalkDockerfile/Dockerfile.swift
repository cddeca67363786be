/// A Dockerfile: its bytes, and what they mean.
package struct Dockerfile: Sendable, Equatable {
    /// The text, cut, with every byte.
    package let syntax: DockerfileSyntax
    /// The ARGs before the first FROM.
    package let metaArgs: [ParsedInstruction]
    /// At least one.
    package let stages: [Stage]

    package var name: String { syntax.name }
    package var escape: EscapeCharacter { syntax.escape }
    package var directives: [ParserDirective] { syntax.directives }
    package var warnings: [DockerfileWarning] { syntax.warnings }
    /// The text again, byte for byte.
    package var bytes: [UInt8] { syntax.serialized }

    /// Parses a whole file, as BuildKit does; what it accepts and then ignores is an error here.
    ///
    /// - Parameter name: what errors call the file.
    /// - Throws: with the line of the instruction that is wrong.
    package static func parse(_ bytes: [UInt8], name: String) throws(DockerfileError) -> Dockerfile {
        try Dockerfile(try DockerfileSyntax.parse(bytes, name: name))
    }

    init(_ syntax: DockerfileSyntax) throws(DockerfileError) {
        var builder = StageBuilder(allowsLeading: false)
        for instruction in syntax.instructions {
            try builder.add(ParsedInstruction(instruction, file: syntax.name, escape: syntax.escape))
        }
        guard !builder.stages.isEmpty else {
            let last = syntax.instructions.last?.lines.upperBound ?? 1
            throw DockerfileError(
                .stage, "the file has no FROM; begin a stage with one", file: syntax.name, line: last)
        }
        self.syntax = syntax
        metaArgs = builder.leading
        stages = builder.stages
    }

    /// Parses the trigger that ONBUILD left in an image's config.
    package static func parseTrigger(
        _ expression: String, name: String
    ) throws(DockerfileError) -> ParsedInstruction {
        let syntax = try DockerfileSyntax.parse(Array(expression.utf8), name: name)
        guard let only = syntax.instructions.first, syntax.instructions.count == 1 else {
            throw DockerfileError(.value, "a trigger of ONBUILD must be one instruction", file: name, line: 1)
        }
        let parsed = try ParsedInstruction(only, file: name, escape: syntax.escape)
        switch parsed.instruction {
        case .from, .onbuild, .maintainer:
            throw DockerfileError(
                .value, "\(parsed.instruction.keyword) cannot be a trigger of ONBUILD", file: name, line: 1)
        default: return parsed
        }
    }
}

/// Sorts instructions into stages.
struct StageBuilder {
    let allowsLeading: Bool
    /// What stands before the first FROM.
    private(set) var leading: [ParsedInstruction] = []
    private(set) var stages: [Stage] = []

    init(allowsLeading: Bool) {
        self.allowsLeading = allowsLeading
    }

    mutating func add(_ parsed: ParsedInstruction) throws(DockerfileError) {
        if case .from(let from) = parsed.instruction {
            stages.append(Stage(index: stages.count, from: from, opening: parsed, instructions: []))
            return
        }
        if !stages.isEmpty {
            stages[stages.count - 1].instructions.append(parsed)
            return
        }
        if case .arg = parsed.instruction {
            leading.append(parsed)
            return
        }
        guard allowsLeading else {
            throw DockerfileError(
                .stage, "\(parsed.instruction.keyword) stands before the first FROM, where only ARG may",
                file: parsed.file, line: parsed.line)
        }
        leading.append(parsed)
    }
}
