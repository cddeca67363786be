/// A word of an instruction with its place. Quotes and escapes are still in it, except in flags and JSON
/// strings.
package struct SyntaxWord: Sendable, Equatable {
    package let text: String
    package let range: SourceRange
}

/// One instruction as written: cut into words by the rules of its keyword, nothing checked beyond that.
package struct InstructionSyntax: Sendable, Equatable {
    /// The first word as written; empty for a line that holds nothing but a continuation.
    package let keyword: SyntaxWord
    /// `--name` and `--name=value` words between the keyword and the operands, quotes taken out.
    package let flags: [SyntaxWord]
    /// The operands. ENV and LABEL: threes of name, value and separator (`=` or empty).
    package let words: [SyntaxWord]
    /// True when the operands were written as a JSON array of strings.
    package let isJSON: Bool
    /// The instruction after ONBUILD: none or one.
    package let trigger: [InstructionSyntax]
    /// Here-documents in the order of their announcements.
    package let heredocs: [Heredoc]
    /// The text with continuation lines joined and without here-document bodies, as written otherwise.
    package let text: String
    /// From the keyword to the last byte of the text or of the last here-document.
    package let range: SourceRange
    /// The physical lines that belong to the instruction, 1-based, comments inside it and bodies included.
    package let lines: ClosedRange<Int>
    /// The comments right above, without `#` and outer blanks; an empty comment separates.
    package let comments: [String]

    /// The keyword in lower case.
    package var name: String { keyword.text.lowercased() }
}

/// `# name=value` at the very top of a Dockerfile.
package struct ParserDirective: Sendable, Equatable {
    package enum Name: String, Sendable { case syntax, escape, check }

    package let name: Name
    package let value: String
    /// 1-based.
    package let line: Int
}

/// Something that is accepted but deserves a word.
package struct DockerfileWarning: Sendable, Equatable {
    package let message: String
    /// 1-based.
    package let line: Int
}
