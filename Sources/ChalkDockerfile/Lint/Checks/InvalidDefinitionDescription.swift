/// A comment right above ARG or a named FROM describes it, and begins with its name.
enum InvalidDefinitionDescription: LintCheck {
    static let rule = LintRule(
        "InvalidDefinitionDescription",
        "a comment right above ARG or FROM begins with the name that it describes", isExperimental: true)

    static func findings(in file: LintedFile) -> [LintFinding] {
        file.instructions.compactMap { parsed in
            let names: [String]
            switch parsed.instruction {
            case .arg(let arg): names = arg.arguments.map(\.name)
            case .from(let from): names = from.alias.map { [$0] } ?? []
            default: return nil
            }
            guard let first = names.first, let comment = parsed.syntax.comments.last,
                !file.syntax.isBlankLine(before: parsed.syntax.range.start)
            else { return nil }
            if names.contains(String(comment.prefix { $0 != " " })) { return nil }
            let example = names.count == 1 ? first : "NAME"
            return finding(
                at: parsed,
                "the comment above describes nothing here; begin it with \(example), "
                    + "or put an empty line below it")
        }
    }
}

extension DockerfileSyntax {
    /// Whether the physical line before the one that holds a place is empty.
    fileprivate func isBlankLine(before place: SourcePosition) -> Bool {
        let end = place.offset - (place.column - 1)
        guard end > 0 else { return false }
        var start = end - 1
        while start > 0, bytes[start - 1] != UInt8(ascii: "\n") { start -= 1 }
        let line = bytes.trimmingNewline(start..<end)
        return bytes.leadingSpaceCount(in: line) == line.count
    }
}
