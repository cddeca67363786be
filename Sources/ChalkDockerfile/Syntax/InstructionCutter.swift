/// Cuts one logical text into keyword, flags and operands, by the rules of the keyword.
struct InstructionCutter {
    /// ONBUILD of ONBUILD is refused later anyway; this only keeps the recursion shallow.
    private static let deepestTrigger = 8

    let text: LogicalText
    let table: LineTable
    let escape: EscapeCharacter
    /// Where in the file the instruction starts, for a text without a scalar.
    let fallback: Int
    let comments: [String]
    let lines: ClosedRange<Int>

    func cut() throws(DockerfileError) -> InstructionSyntax {
        try cut(text.fullRange, comments: comments, depth: 0)
    }

    /// The same instruction with its here-documents and last line.
    func finish(_ bare: InstructionSyntax, heredocs: [Heredoc], lastLine: Int) -> InstructionSyntax {
        let end = heredocs.last?.range?.end ?? bare.range.end
        return InstructionSyntax(
            keyword: bare.keyword, flags: bare.flags, words: bare.words, isJSON: bare.isJSON,
            trigger: bare.trigger, heredocs: heredocs, text: bare.text,
            range: SourceRange(start: bare.range.start, end: end), lines: lines.lowerBound...lastLine,
            comments: bare.comments)
    }

    private struct Operands {
        var words: [SyntaxWord] = []
        var isJSON = false
        var trigger: [InstructionSyntax] = []
    }

    private func cut(
        _ range: Range<Int>, comments: [String], depth: Int
    ) throws(DockerfileError) -> InstructionSyntax {
        let line = text.trimming(range)
        let parts = text.blankSeparated(line, limit: 2)
        let keyword = word(parts.first ?? line)
        var flags: [SyntaxWord] = []
        var operands = line.upperBound..<line.upperBound
        if parts.count == 2 {
            let (cutFlags, rest) = text.leadingFlags(parts[1], escape: escape.scalar)
            flags = cutFlags.map(word)
            operands = text.trimming(rest)
        }
        let cut = try self.operands(of: keyword.text, operands, depth: depth)
        return InstructionSyntax(
            keyword: keyword, flags: flags, words: cut.words, isJSON: cut.isJSON, trigger: cut.trigger,
            heredocs: [], text: text.string(range), range: sourceRange(line), lines: lines,
            comments: comments)
    }

    private func operands(
        of keyword: String, _ range: Range<Int>, depth: Int
    ) throws(DockerfileError) -> Operands {
        switch keyword.lowercased() {
        case "add", "copy", "volume":
            if let json = try json(range) { return json }
            return Operands(words: range.isEmpty ? [] : text.blankSeparated(range).map(word))
        case "cmd", "entrypoint", "run", "shell":
            if range.isEmpty { return Operands() }
            return try json(range) ?? Operands(words: [word(range)])
        case "expose", "from":
            return Operands(words: range.isEmpty ? [] : text.blankSeparated(range).map(word))
        case "arg":
            return Operands(words: text.quotedWords(range, escape: escape.scalar).map(word))
        case "env", "label":
            return Operands(words: try pairs(range, keyword: keyword.uppercased()))
        case "maintainer", "stopsignal", "user", "workdir":
            return Operands(words: range.isEmpty ? [] : [word(range)])
        case "healthcheck":
            return try healthcheck(range)
        case "onbuild":
            return Operands(trigger: try trigger(range, depth: depth))
        default:
            return Operands(words: [word(range.upperBound..<range.upperBound)])
        }
    }

    private func json(_ range: Range<Int>) throws(DockerfileError) -> Operands? {
        switch JSONStringArray(text, range) {
        case .strings(let words): return Operands(words: words.map(word), isJSON: true)
        case .notJSON: return nil
        case .otherElements:
            throw DockerfileError(
                .json, "the JSON array holds something else than strings; put every element in double quotes")
        }
    }

    /// `name=value …`, or the older `name the rest of the line`.
    private func pairs(_ range: Range<Int>, keyword: String) throws(DockerfileError) -> [SyntaxWord] {
        let words = text.quotedWords(range, escape: escape.scalar)
        guard let first = words.first else { return [] }
        if text.firstIndex(of: "=", in: first.range) == nil {
            let parts = text.blankSeparated(range, limit: 2)
            guard parts.count == 2 else {
                throw DockerfileError(.arguments, "no value in \(keyword); write \(keyword) NAME=value")
            }
            return [word(parts[0]), word(parts[1]), word(parts[1].upperBound..<parts[1].upperBound)]
        }
        var pairs: [SyntaxWord] = []
        for (index, cut) in words.enumerated() {
            guard let equals = text.firstIndex(of: "=", in: cut.range) else {
                throw DockerfileError(
                    .arguments,
                    "no = in word \(index + 1) of \(keyword); write NAME=value and quote values with spaces")
            }
            pairs.append(word(cut.range.lowerBound..<equals))
            pairs.append(word(equals + 1..<cut.range.upperBound))
            pairs.append(word(equals..<equals + 1))
        }
        return pairs
    }

    private func healthcheck(_ range: Range<Int>) throws(DockerfileError) -> Operands {
        if range.isEmpty { return Operands() }
        // Only ASCII white space separates here, unlike elsewhere.
        let end = range.first { text.scalars[$0].isASCIISpace } ?? range.upperBound
        let start = (end..<range.upperBound).first { !text.scalars[$0].isASCIISpace } ?? range.upperBound
        let kind = word(range.lowerBound..<end)
        let rest = start..<range.upperBound
        if rest.isEmpty { return Operands(words: [kind]) }
        if let json = try json(text.trimmingStart(rest)) {
            return Operands(words: [kind] + json.words, isJSON: true)
        }
        return Operands(words: [kind, word(rest)])
    }

    private func trigger(_ range: Range<Int>, depth: Int) throws(DockerfileError) -> [InstructionSyntax] {
        if range.isEmpty { return [] }
        guard depth < Self.deepestTrigger else {
            throw DockerfileError(.value, "the ONBUILD triggers are nested too deeply; write one trigger")
        }
        return [try cut(range, comments: [], depth: depth + 1)]
    }

    private func word(_ range: Range<Int>) -> SyntaxWord {
        SyntaxWord(text: text.string(range), range: sourceRange(range))
    }

    private func word(_ cut: CutWord) -> SyntaxWord {
        SyntaxWord(text: cut.text, range: sourceRange(cut.range))
    }

    private func sourceRange(_ range: Range<Int>) -> SourceRange {
        text.fullRange.isEmpty
            ? table.range(fallback..<fallback) : table.range(text.sourceOffsets(range))
    }
}
