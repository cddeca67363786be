/// A here-document: lines after an instruction that are an operand of it.
package struct Heredoc: Sendable, Equatable {
    /// The delimiter without quotes; also the file name when COPY or ADD takes the document as a source.
    package let name: String
    /// The number before `<<`, 0 where none is written.
    package let fileDescriptor: UInt
    /// False when any part of the delimiter is quoted: the body is then taken as it is.
    package let expands: Bool
    /// True for `<<-`: leading tabs of every line are dropped where the body is used.
    package let chomps: Bool
    /// The body byte for byte, line ends and leading tabs included, without the line of the delimiter.
    package let content: [UInt8]
    /// From the first byte of the body to the end of the delimiter's line; nil before the body is read.
    package let range: SourceRange?

    /// The body as its user sees it: without leading tabs for `<<-`.
    package var chompedContent: [UInt8] {
        guard chomps else { return content }
        var result: [UInt8] = []
        result.reserveCapacity(content.count)
        var atLineStart = true
        for byte in content {
            if atLineStart, byte == UInt8(ascii: "\t") { continue }
            atLineStart = byte == UInt8(ascii: "\n")
            result.append(byte)
        }
        return result
    }

    func filled(_ content: [UInt8], _ range: SourceRange) -> Heredoc {
        Heredoc(
            name: name, fileDescriptor: fileDescriptor, expands: expands, chomps: chomps, content: content,
            range: range)
    }
}

extension Heredoc {
    /// The announcement in one shell word, such as `3<<-"EOF"`; nil when the word announces nothing.
    static func announced(by word: String) throws(DockerfileError) -> Heredoc? {
        var rest = word.unicodeScalars[...]
        var digits = ""
        while let first = rest.first, ("0"..."9").contains(first) {
            digits.unicodeScalars.append(first)
            rest.removeFirst()
        }
        guard rest.starts(with: "<<".unicodeScalars) else { return nil }
        rest.removeFirst(2)
        var chomps = false
        if rest.first == "-" {
            chomps = true
            rest.removeFirst()
        }
        while let first = rest.first, "\t\n\u{0C}\r ".unicodeScalars.contains(first) { rest.removeFirst() }
        if rest.isEmpty || rest.contains("<") { return nil }

        // The delimiter read with and without its quotes: fewer quotes in one means that it was quoted.
        let delimiter = String(rest)
        let plain = WordLexer(options: .init(keepsUnset: true))
        let words = try plain.words(delimiter, lookup: { _ in nil })
        guard words.count == 1, let name = words.first else { return nil }
        let raw = WordLexer(options: .init(keepsQuotes: true, keepsUnset: true))
        let rawWords = try raw.words(delimiter, lookup: { _ in nil })
        guard rawWords.count == 1, let rawName = rawWords.first else { return nil }
        return Heredoc(
            name: name, fileDescriptor: digits.isEmpty ? 0 : UInt(digits) ?? .max,
            expands: quoteCount(name) == quoteCount(rawName), chomps: chomps, content: [], range: nil)
    }

    /// Every announcement in an instruction's line, in order. A line that is no shell text announces nothing.
    static func announced(inLine line: String) throws(DockerfileError) -> [Heredoc] {
        guard line.utf8.containsTwoLess else { return [] }
        let lexer = WordLexer(options: .init(keepsQuotes: true, keepsEscapes: true, keepsUnset: true))
        guard let words = try? lexer.words(line, lookup: { _ in nil }) else { return [] }
        var found: [Heredoc] = []
        for word in words {
            if let heredoc = try announced(by: word) { found.append(heredoc) }
        }
        return found
    }

    private static func quoteCount(_ word: String) -> Int {
        word.utf8.reduce(0) { $0 + ($1 == UInt8(ascii: "'") || $1 == UInt8(ascii: "\"") ? 1 : 0) }
    }
}

extension String.UTF8View {
    fileprivate var containsTwoLess: Bool {
        var previous: UInt8 = 0
        for byte in self {
            if byte == UInt8(ascii: "<"), previous == byte { return true }
            previous = byte
        }
        return false
    }
}
