/// What counts as blank, in the two senses that the Dockerfile language has.
extension Unicode.Scalar {
    /// Any Unicode white space: separates quoted words, is trimmed at the ends of instructions.
    var isSpace: Bool { isASCIISpace || value >= 0x80 && properties.isWhitespace }

    var isASCIISpace: Bool { value == 0x20 || (value >= 0x09 && value <= 0x0D) }

    /// Tab, vertical tab, form feed, carriage return, space: separates the keyword and plain words.
    var isBlank: Bool {
        switch value {
        case 0x09, 0x0B, 0x0C, 0x0D, 0x20: true
        default: false
        }
    }
}

extension [UInt8] {
    /// How many bytes of `range` are leading Unicode white space. Ill-formed bytes are not white space.
    func leadingSpaceCount(in range: Range<Int>) -> Int {
        var offset = range.lowerBound
        while offset < range.upperBound {
            let first = self[offset]
            if first < 0x80 {
                guard Unicode.Scalar(first).isSpace else { break }
                offset += 1
                continue
            }
            let width = first < 0xE0 ? 2 : 3
            guard offset + width <= range.upperBound,
                let text = String(validating: self[offset..<offset + width], as: UTF8.self),
                let scalar = text.unicodeScalars.first, scalar.isSpace
            else { break }
            offset += width
        }
        return offset - range.lowerBound
    }

    /// `range` without the line feeds and carriage returns at its end.
    func trimmingNewline(_ range: Range<Int>) -> Range<Int> {
        var end = range.upperBound
        while end > range.lowerBound, self[end - 1] == 0x0A || self[end - 1] == 0x0D { end -= 1 }
        return range.lowerBound..<end
    }

    /// Whether the first byte of `line` that is no white space is `#`.
    func isComment(_ line: Range<Int>) -> Bool {
        let start = line.lowerBound + leadingSpaceCount(in: line)
        return start < line.upperBound && self[start] == UInt8(ascii: "#")
    }

    /// The escape character that continues `line`: not itself after one, then only tabs and spaces.
    func continuation(in line: Range<Int>, escape: EscapeCharacter) -> Int? {
        var end = line.upperBound
        while end > line.lowerBound, self[end - 1] == 0x20 || self[end - 1] == 0x09 { end -= 1 }
        guard end > line.lowerBound, self[end - 1] == escape.byte,
            end - 1 == line.lowerBound || self[end - 2] != escape.byte
        else { return nil }
        return end - 1
    }

    /// `line` without its continuation, and whether it had one.
    func cutContinuation(_ line: Range<Int>, escape: EscapeCharacter) -> (Range<Int>, Bool) {
        guard let end = continuation(in: line, escape: escape) else { return (line, false) }
        return (line.lowerBound..<end, true)
    }
}
