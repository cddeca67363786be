/// A checked instruction with everything that is known of its place.
package struct ParsedInstruction: Sendable, Equatable {
    package let instruction: Instruction
    package let syntax: InstructionSyntax
    /// The name the text was parsed under.
    package let file: String
    /// The escape character in force where it stood.
    package let escape: EscapeCharacter

    /// 1-based line of the first byte, the one that errors name.
    package var line: Int { syntax.lines.lowerBound }

    /// The instruction on one line, continuations joined, without here-document bodies and outer blanks.
    package var text: String {
        var scalars = Array(syntax.text.unicodeScalars)[...]
        while scalars.first?.isSpace == true { scalars.removeFirst() }
        while scalars.last?.isSpace == true { scalars.removeLast() }
        return String(scalars: scalars)
    }

    init(_ syntax: InstructionSyntax, file: String, escape: EscapeCharacter) throws(DockerfileError) {
        let source = InstructionSource(syntax: syntax, file: file, escape: escape)
        self.init(instruction: try Instruction(source), syntax: syntax, file: file, escape: escape)
    }

    private init(
        instruction: Instruction, syntax: InstructionSyntax, file: String, escape: EscapeCharacter
    ) {
        self.instruction = instruction
        self.syntax = syntax
        self.file = file
        self.escape = escape
    }

    /// `Instruction.expanding`, with the escape character in force and errors that name the place.
    package func expanding(
        with lookup: @escaping (String) -> String?
    ) throws(DockerfileError) -> ParsedInstruction {
        do throws(DockerfileError) {
            let expanded = try instruction.expanding(with: lookup, escape: escape)
            return ParsedInstruction(instruction: expanded, syntax: syntax, file: file, escape: escape)
        } catch {
            throw error.at(file: file, line: line)
        }
    }
}
