/// The layout of requirements files: lines, continuations, comments, words. What the words mean is not decided here.
enum RequirementsText {
    /// A line after continuations were joined and its comment went, with the number of its first physical line.
    struct Line {
        let number: Int
        let text: String
    }

    /// The lines that say something. A backslash at the end of a line joins the next one; a comment line ends what
    /// was being joined. `#` starts a comment at the start of a line or after white space.
    static func lines(_ text: String) -> [Line] {
        var bytes = Array(text.utf8)
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
        var lines: [Line] = []
        var joined: [UInt8] = []
        var first = 0
        var number = 0
        func finish() {
            let text = collapsed(withoutComment(joined))
            if !text.isEmpty { lines.append(Line(number: first, text: text)) }
            joined = []
            first = 0
        }
        for physical in physicalLines(bytes) {
            number += 1
            if isComment(physical) {
                finish()
                continue
            }
            if first == 0 { first = number }
            if physical.last == UInt8(ascii: "\\") {
                joined += physical.dropLast()
            } else {
                joined += physical
                finish()
            }
        }
        finish()
        return lines
    }

    /// Words as a POSIX shell would cut them, quotes and backslashes removed. An open quote ends with the line.
    static func words(_ line: String) -> [String] {
        var words: [String] = []
        var word: [UInt8] = []
        var started = false
        var quote: UInt8?
        var escaped = false
        for byte in line.utf8 {
            if escaped {
                word.append(byte)
                escaped = false
            } else if byte == UInt8(ascii: "\\"), quote != UInt8(ascii: "'") {
                escaped = true
                started = true
            } else if let open = quote {
                if byte == open { quote = nil } else { word.append(byte) }
            } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
                quote = byte
                started = true
            } else if isSpace(byte) {
                if started { words.append(String(decoding: word, as: UTF8.self)) }
                word = []
                started = false
            } else {
                word.append(byte)
                started = true
            }
        }
        if started { words.append(String(decoding: word, as: UTF8.self)) }
        return words
    }

    /// A requirement and the options behind it: the first word that starts with `-` parts them.
    static func parted(_ line: String) -> (requirement: String, options: String) {
        var previous: UInt8 = 0x20
        for index in line.utf8.indices {
            if line.utf8[index] == UInt8(ascii: "-"), isSpace(previous) {
                return (trimmed(line[..<index]), String(line[index...]))
            }
            previous = line.utf8[index]
        }
        return (line, "")
    }

    static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

    private static func trimmed(_ text: Substring) -> String {
        var bytes = Array(text.utf8)
        while let last = bytes.last, isSpace(last) { bytes.removeLast() }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func physicalLines(_ bytes: [UInt8]) -> [ArraySlice<UInt8>] {
        var lines: [ArraySlice<UInt8>] = []
        var start = 0
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            if byte == 0x0A || byte == 0x0D {
                lines.append(bytes[start..<index])
                if byte == 0x0D, index + 1 < bytes.count, bytes[index + 1] == 0x0A { index += 1 }
                start = index + 1
            }
            index += 1
        }
        if start < bytes.count { lines.append(bytes[start...]) }
        return lines
    }

    private static func isComment(_ line: ArraySlice<UInt8>) -> Bool {
        line.first { !isSpace($0) } == UInt8(ascii: "#")
    }

    private static func withoutComment(_ line: [UInt8]) -> ArraySlice<UInt8> {
        var previous: UInt8 = 0x20
        for (index, byte) in line.enumerated() {
            if byte == UInt8(ascii: "#"), isSpace(previous) { return line[..<index] }
            previous = byte
        }
        return line[...]
    }

    /// One space for each run of white space outside quotes; none at the ends.
    private static func collapsed(_ line: ArraySlice<UInt8>) -> String {
        var text: [UInt8] = []
        var quote: UInt8?
        for byte in line {
            if let open = quote {
                if byte == open { quote = nil }
                text.append(byte)
            } else if isSpace(byte) {
                if !text.isEmpty, text.last != 0x20 { text.append(0x20) }
            } else {
                if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") { quote = byte }
                text.append(byte)
            }
        }
        while let last = text.last, isSpace(last) { text.removeLast() }
        return String(decoding: text, as: UTF8.self)
    }
}
