/// A Dockerfile cut into instructions, every byte kept: `serialized` gives the text back unchanged.
///
/// This layer knows how each keyword cuts its operands, and no more: unknown instructions and missing FROMs
/// are errors of `Dockerfile.parse`.
package struct DockerfileSyntax: Sendable, Equatable {
    /// A stretch of the file; the elements follow each other without gaps.
    package struct Element: Sendable, Equatable {
        package enum Kind: Sendable, Equatable {
            case byteOrderMark
            /// Directives, comments and blank lines outside instructions.
            case trivia
            case instruction(InstructionSyntax)
        }

        package let kind: Kind
        /// 0-based byte offsets in the file, whole lines with their ends.
        package let bytes: Range<Int>
    }

    /// What the text is called in errors.
    package let name: String
    package let bytes: [UInt8]
    package let escape: EscapeCharacter
    package let directives: [ParserDirective]
    package let elements: [Element]
    package let warnings: [DockerfileWarning]

    package var instructions: [InstructionSyntax] {
        elements.compactMap { if case .instruction(let syntax) = $0.kind { syntax } else { nil } }
    }

    /// The text again, put together from the elements: byte for byte what was parsed.
    package var serialized: [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count)
        for element in elements { text += bytes[element.bytes] }
        return text
    }

    /// Cuts a whole file.
    ///
    /// - Throws: what BuildKit's parser refuses: a repeated directive, an impossible escape character, JSON
    ///   with other elements than strings, ENV or LABEL without values, an unterminated here-document, a
    ///   physical line over 65,535 bytes, a file without instructions; and text that is not UTF-8.
    package static func parse(_ bytes: [UInt8], name: String) throws(DockerfileError) -> DockerfileSyntax {
        var parser = SyntaxParser(bytes: bytes, name: name, escape: .backslash, readsDirectives: true)
        let syntax = try parser.parse()
        if syntax.instructions.isEmpty {
            throw DockerfileError(
                .syntax, "the file has no instruction; begin with FROM", file: name,
                line: max(1, parser.lineCount))
        }
        return syntax
    }

    /// Cuts a piece of a file: no directive, no byte-order mark, and no instruction need be in it.
    package static func parseFragment(
        _ bytes: [UInt8], name: String, escape: EscapeCharacter
    ) throws(DockerfileError) -> DockerfileSyntax {
        var parser = SyntaxParser(bytes: bytes, name: name, escape: escape, readsDirectives: false)
        return try parser.parse()
    }
}
