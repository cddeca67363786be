/// Walks the physical lines of a Dockerfile, joins continuations, reads here-documents.
struct SyntaxParser {
    /// Longest physical line, in bytes without its line feed (BuildKit reads lines through a 64 KiB buffer).
    private static let longestLine = 65_535

    private let bytes: [UInt8]
    private let name: String
    private let table: LineTable
    private let lines: [Range<Int>]
    private let tooLongLine: Int?
    private var escape: EscapeCharacter
    private var directives: DirectiveReader
    private var elements: [DockerfileSyntax.Element] = []
    private var warnings: [DockerfileWarning] = []
    private var comments: [String] = []
    private var next = 0
    private var consumed = 0

    var lineCount: Int { lines.count }

    init(bytes: [UInt8], name: String, escape: EscapeCharacter, readsDirectives: Bool) {
        self.bytes = bytes
        self.name = name
        self.escape = escape
        directives = DirectiveReader(isDone: !readsDirectives)
        table = LineTable(bytes)
        let hasMark = readsDirectives && bytes.starts(with: [0xEF, 0xBB, 0xBF])
        (lines, tooLongLine) = Self.cutLines(bytes, from: hasMark ? 3 : 0)
        if hasMark {
            elements.append(.init(kind: .byteOrderMark, bytes: 0..<3))
            consumed = 3
        }
    }

    private static func cutLines(_ bytes: [UInt8], from first: Int) -> ([Range<Int>], Int?) {
        var lines: [Range<Int>] = []
        var start = first
        while start < bytes.count {
            let feed = bytes[start...].firstIndex(of: UInt8(ascii: "\n"))
            if (feed ?? bytes.count) - start > longestLine { return (lines, lines.count + 1) }
            let end = feed.map { $0 + 1 } ?? bytes.count
            lines.append(start..<end)
            start = end
        }
        return (lines, nil)
    }

    mutating func parse() throws(DockerfileError) -> DockerfileSyntax {
        while next < lines.count {
            let number = next + 1
            do {
                try parseOne()
            } catch {
                throw error.at(file: name, line: number)
            }
        }
        if let tooLongLine {
            throw DockerfileError(
                .syntax,
                "the line is longer than \(Self.longestLine) bytes; break it with \(escape.rawValue)",
                file: name, line: tooLongLine)
        }
        closeTrivia(at: bytes.count)
        return DockerfileSyntax(
            name: name, bytes: bytes, escape: escape, directives: directives.directives, elements: elements,
            warnings: warnings)
    }

    /// Reads a line of trivia, or an instruction with all its lines.
    private mutating func parseOne() throws(DockerfileError) {
        let line = bytes.trimmingNewline(lines[next])
        let start = line.lowerBound + bytes.leadingSpaceCount(in: line)
        let firstLine = next
        if let directive = try directives.read(bytes[start..<line.upperBound], number: next + 1) {
            if directive.name == .escape { try setEscape(directive.value) }
            next += 1
            return
        }
        if bytes.isComment(line) {
            note(comment: start + 1..<line.upperBound)
            next += 1
            return
        }
        var (piece, continues) = bytes.cutContinuation(start..<line.upperBound, escape: escape)
        next += 1
        if piece.isEmpty, !continues { return }

        var text = LogicalText()
        try append(piece, to: &text, line: next)
        var hasBlank = false
        while continues, next < lines.count {
            let line = bytes.trimmingNewline(lines[next])
            next += 1
            if bytes.isComment(line) { continue }
            if bytes.leadingSpaceCount(in: line) == line.count {
                hasBlank = true
                continue
            }
            (piece, continues) = bytes.cutContinuation(line, escape: escape)
            try append(piece, to: &text, line: next)
        }
        if hasBlank {
            warnings.append(DockerfileWarning(message: "a continued line is empty", line: next))
        }
        let cutter = InstructionCutter(
            text: text, table: table, escape: escape, fallback: start, comments: comments,
            lines: firstLine + 1...next)
        let bare = try cutter.cut()
        let heredocs = try readHeredocs(announcedBy: bare)
        let syntax = cutter.finish(bare, heredocs: heredocs, lastLine: next)
        closeTrivia(at: lines[firstLine].lowerBound)
        let end = lines[next - 1].upperBound
        elements.append(.init(kind: .instruction(syntax), bytes: consumed..<end))
        consumed = end
        comments = []
    }

    private mutating func closeTrivia(at end: Int) {
        guard consumed < end else { return }
        elements.append(.init(kind: .trivia, bytes: consumed..<end))
        consumed = end
    }

    private mutating func setEscape(_ value: String) throws(DockerfileError) {
        guard let chosen = EscapeCharacter(rawValue: value) else {
            throw DockerfileError(.directive, "the escape character must be \\ or `, not \"\(value)\"")
        }
        escape = chosen
    }

    private mutating func note(comment range: Range<Int>) {
        var text = LogicalText()
        // A comment may hold any bytes; one that is no UTF-8 describes nothing.
        _ = text.append(range, of: bytes)
        let comment = text.string(text.trimming(text.fullRange))
        if comment.isEmpty { comments = [] } else { comments.append(comment) }
    }

    private func append(
        _ piece: Range<Int>, to text: inout LogicalText, line: Int
    ) throws(DockerfileError) {
        guard text.append(piece, of: bytes) else {
            throw DockerfileError(
                .syntax, "the instruction is not valid UTF-8; save the file in that encoding", file: name,
                line: line)
        }
    }

    private mutating func readHeredocs(
        announcedBy syntax: InstructionSyntax
    ) throws(DockerfileError) -> [Heredoc] {
        let carrier = syntax.name == "onbuild" ? syntax.trigger.first ?? syntax : syntax
        guard ["add", "copy", "run"].contains(carrier.name), !carrier.isJSON else { return [] }
        var filled: [Heredoc] = []
        for heredoc in try Heredoc.announced(inLine: syntax.text) {
            let delimiter = Array(heredoc.name.utf8)
            let start = next < lines.count ? lines[next].lowerBound : bytes.count
            var body: Range<Int>?
            while body == nil, next < lines.count {
                var line = bytes.trimmingNewline(lines[next])
                if heredoc.chomps {
                    while let first = line.first, bytes[first] == 0x09 { line.removeFirst() }
                }
                if bytes[line].elementsEqual(delimiter) { body = start..<lines[next].lowerBound }
                next += 1
            }
            guard let body else {
                throw DockerfileError(
                    .heredoc, "the here-document has no end; add a line that is just \(heredoc.name)")
            }
            filled.append(
                heredoc.filled(Array(bytes[body]), table.range(start..<lines[next - 1].upperBound)))
        }
        return filled
    }
}
