/// The JSON form of an instruction: an array of strings (RFC 8259), with the place of each.
///
/// Text that is no JSON array at all falls back to the shell form, so "not JSON" is an answer, not an error.
enum JSONStringArray {
    case strings([CutWord])
    case otherElements
    case notJSON

    init(_ text: LogicalText, _ range: Range<Int>) {
        var scanner = JSONScanner(scalars: text.scalars, position: range.lowerBound, end: range.upperBound)
        guard scanner.take("[") else {
            self = .notJSON
            return
        }
        var words: [CutWord] = []
        var onlyStrings = true
        scanner.skipSpace()
        if !scanner.take("]") {
            repeat {
                scanner.skipSpace()
                let start = scanner.position
                if scanner.peek == "\"" {
                    guard let value = scanner.string() else {
                        self = .notJSON
                        return
                    }
                    words.append(CutWord(text: value, range: start..<scanner.position))
                } else {
                    onlyStrings = false
                    guard scanner.skipValue() else {
                        self = .notJSON
                        return
                    }
                }
                scanner.skipSpace()
            } while scanner.take(",")
            guard scanner.take("]") else {
                self = .notJSON
                return
            }
        }
        scanner.skipSpace()
        guard scanner.position == range.upperBound else {
            self = .notJSON
            return
        }
        self = onlyStrings ? .strings(words) : .otherElements
    }
}

/// Reads JSON strings and skips other JSON values, without recursion: the nesting is the writer's choice.
private struct JSONScanner {
    private static let deepest = 10_000

    let scalars: [Unicode.Scalar]
    var position: Int
    let end: Int

    var peek: Unicode.Scalar? { position < end ? scalars[position] : nil }

    mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard peek == scalar else { return false }
        position += 1
        return true
    }

    mutating func skipSpace() {
        while let next = peek, next == " " || next == "\t" || next == "\n" || next == "\r" { position += 1 }
    }

    mutating func string() -> String? {
        guard take("\"") else { return nil }
        var value: [Unicode.Scalar] = []
        while let next = peek {
            position += 1
            switch next {
            case "\"": return String(scalars: value)
            case "\\":
                guard let scalar = escaped() else { return nil }
                value.append(scalar)
            case _ where next.value < 0x20: return nil
            default: value.append(next)
            }
        }
        return nil
    }

    private mutating func escaped() -> Unicode.Scalar? {
        guard let kind = peek else { return nil }
        position += 1
        switch kind {
        case "\"", "\\", "/": return kind
        case "b": return "\u{08}"
        case "f": return "\u{0C}"
        case "n": return "\n"
        case "r": return "\r"
        case "t": return "\t"
        case "u": break
        default: return nil
        }
        guard let unit = hexUnit() else { return nil }
        if let scalar = Unicode.Scalar(unit) { return scalar }
        // Half a surrogate pair: with its other half it is a scalar, alone it is replaced.
        let resume = position
        if unit < 0xDC00, take("\\"), take("u"), let low = hexUnit(), (0xDC00...0xDFFF).contains(low) {
            return Unicode.Scalar(0x10000 + (unit - 0xD800) * 0x400 + (low - 0xDC00)) ?? "\u{FFFD}"
        }
        position = resume
        return "\u{FFFD}"
    }

    private mutating func hexUnit() -> UInt32? {
        guard position + 4 <= end else { return nil }
        var unit: UInt32 = 0
        for scalar in scalars[position..<position + 4] {
            guard scalar.isASCII, let digit = Character(scalar).hexDigitValue else { return nil }
            unit = unit * 16 + UInt32(digit)
        }
        position += 4
        return unit
    }

    mutating func skipValue() -> Bool {
        var closers: [Unicode.Scalar] = []
        while true {
            skipSpace()
            guard let next = peek else { return false }
            var isOpen = false
            switch next {
            case "{", "[":
                position += 1
                // This one, those around it, and the outermost array.
                guard closers.count + 2 <= Self.deepest else { return false }
                let closer: Unicode.Scalar = next == "{" ? "}" : "]"
                skipSpace()
                if !take(closer) {
                    closers.append(closer)
                    if closer == "}", !key() { return false }
                    isOpen = true
                }
            case "\"": guard string() != nil else { return false }
            default: guard literal() || number() else { return false }
            }
            if isOpen { continue }
            while let closer = closers.last {
                skipSpace()
                if take(",") {
                    if closer == "}" {
                        skipSpace()
                        guard key() else { return false }
                    }
                    break
                }
                guard take(closer) else { return false }
                closers.removeLast()
            }
            if closers.isEmpty { return true }
        }
    }

    private mutating func key() -> Bool {
        guard string() != nil else { return false }
        skipSpace()
        return take(":")
    }

    private mutating func literal() -> Bool {
        for word in ["true", "false", "null"] {
            let letters = Array(word.unicodeScalars)
            guard position + letters.count <= end,
                scalars[position..<position + letters.count].elementsEqual(letters)
            else { continue }
            position += letters.count
            return true
        }
        return false
    }

    private mutating func number() -> Bool {
        let start = position
        _ = take("-")
        if !take("0") {
            guard digits() else { return false }
        }
        if take("."), !digits() { return false }
        if take("e") || take("E") {
            if !take("+") { _ = take("-") }
            guard digits() else { return false }
        }
        // A number that no double holds is refused, as the form's reference decoder does.
        return Double(String(scalars: scalars[start..<position]))?.isFinite ?? false
    }

    private mutating func digits() -> Bool {
        let start = position
        while let next = peek, ("0"..."9").contains(next) { position += 1 }
        return position > start
    }
}
