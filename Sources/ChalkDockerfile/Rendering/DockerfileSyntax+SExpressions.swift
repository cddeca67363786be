extension DockerfileSyntax {
    /// One line an instruction, in the format of BuildKit's own parser tests: the keyword in lower case, the
    /// flags as a bracketed list, then the words, all quoted as Go's `%q` does; the trigger of ONBUILD in its
    /// own parentheses; ENV and LABEL words in threes. Here-document bodies are not in it.
    package var sExpressions: String {
        instructions.map { "(\($0.sExpression))\n" }.joined()
    }
}

extension InstructionSyntax {
    fileprivate var sExpression: String {
        var parts = name.isEmpty ? [] : [name]
        if !flags.isEmpty { parts.append("[\(flags.map { GoQuoted($0.text).text }.joined(separator: " "))]") }
        parts += words.map { GoQuoted($0.text).text }
        parts += trigger.map { "(\($0.sExpression))" }
        return parts.joined(separator: " ")
    }
}
