/// Reads the part of Go's regular expression syntax that moby's patterns can turn into.
struct ExpressionParser {
    /// Steps that Go allows an expression, which counts can make out of few bytes.
    private static let mostSteps = 3_355_443

    private let text: [UInt32]
    private var at = 0

    init(text: [UInt32]) {
        self.text = text
    }

    /// The steps of each alternative; nil when Go refuses the expression, or it uses what no file name needs
    /// (`\p`, `\Q`).
    mutating func alternatives() -> [[PathAutomaton.Step]]? {
        var list: [[PathAutomaton.Step]] = []
        repeat {
            guard let steps = steps() else { return nil }
            // Without a `^` a match may start anywhere.
            list.append(steps.first == .atStart ? steps : [.any(.everything)] + steps)
        } while take("|")
        return list
    }

    /// The steps up to a `|` or the end.
    private mutating func steps() -> [PathAutomaton.Step]? {
        var steps: [PathAutomaton.Step] = []
        // Where the last atom starts, unless it has been repeated already.
        var atom: Int?
        while let scalar = peek(), scalar != UInt32(ascii: "|") {
            at += 1
            let start = steps.count
            switch scalar {
            case UInt32(ascii: "^"): steps.append(.atStart)
            case UInt32(ascii: "$"): steps.append(.atEnd)
            case UInt32(ascii: "("):
                // Only ever `(.*/)?`, since parentheses that people write arrive escaped.
                at += ".*/)?".count
                steps += [.optional(count: 3), .any(.notNewline), .one(CharacterSet(ranges: [0x2F...0x2F]))]
                if count() != nil { return nil }
                atom = nil
                continue
            case UInt32(ascii: "{"):
                let back = at
                at -= 1
                if let (least, most) = count() {
                    guard let place = atom, least <= 1000, most.map({ $0 >= least && $0 <= 1000 }) ?? true
                    else {
                        return nil
                    }
                    ExpressionParser.repeatAtom(&steps, from: place, least: least, most: most)
                    if steps.count > ExpressionParser.mostSteps { return nil }
                    atom = nil
                    if count() != nil { return nil }
                    continue
                }
                at = back
                steps.append(.one(CharacterSet(ranges: [scalar...scalar])))
            case UInt32(ascii: "."): steps.append(.one(.notNewline))
            case UInt32(ascii: "["):
                guard let set = bracket() else { return nil }
                steps.append(.one(set))
            case UInt32(ascii: "\\"):
                guard let kind = peek() else { return nil }
                if let step = ExpressionParser.assertion(kind) {
                    at += 1
                    steps.append(step)
                } else {
                    guard let ranges = escape() else { return nil }
                    steps.append(.one(CharacterSet(ranges: ranges)))
                }
            default: steps.append(.one(CharacterSet(ranges: [scalar...scalar])))
            }
            atom = start
            if case .one(let set)? = steps.last, take("*") {
                steps[start] = .any(set)
                if count() != nil { return nil }
                atom = nil
            }
        }
        return steps
    }

    /// Puts copies of an atom in its place.
    private static func repeatAtom(
        _ steps: inout [PathAutomaton.Step], from place: Int, least: Int, most: Int?
    ) {
        let atom = Array(steps[place...])
        steps.removeSubrange(place...)
        for _ in 0..<least { steps += atom }
        if let most {
            for _ in least..<most { steps += [.optional(count: atom.count + 1)] + atom }
        } else if case .one(let set)? = atom.first {
            steps.append(.any(set))
        }
    }

    /// Reads `{2}`, `{2,}` or `{2,3}`; nil, with nothing read, where that is not what comes.
    private mutating func count() -> (least: Int, most: Int?)? {
        let start = at
        if take("{"), let least = number() {
            if take("}") { return (least, least) }
            if take(",") {
                if take("}") { return (least, nil) }
                if let most = number(), take("}") { return (least, most) }
            }
        }
        at = start
        return nil
    }

    private mutating func number() -> Int? {
        let start = at
        var value = 0
        while let digit = peek(), (0x30...0x39).contains(digit) {
            value = min(value * 10 + Int(digit - 0x30), 100_000)
            at += 1
        }
        let hasLeadingZero = at - start > 1 && text[start] == 0x30
        return at == start || hasLeadingZero ? nil : value
    }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        if peek() != scalar.value { return false }
        at += 1
        return true
    }

    private func peek() -> UInt32? {
        at < text.count ? text[at] : nil
    }

    private static func assertion(_ scalar: UInt32) -> PathAutomaton.Step? {
        switch scalar {
        case UInt32(ascii: "A"): .atStart
        case UInt32(ascii: "z"): .atEnd
        case UInt32(ascii: "b"): .wordBoundary(isNegated: false)
        case UInt32(ascii: "B"): .wordBoundary(isNegated: true)
        default: nil
        }
    }

    /// What stands behind a `\`.
    private mutating func escape() -> [ClosedRange<UInt32>]? {
        guard let scalar = peek() else { return nil }
        at += 1
        switch scalar {
        case UInt32(ascii: "d"): return CharacterSet.digit
        case UInt32(ascii: "D"): return CharacterSet.complement(CharacterSet.digit)
        case UInt32(ascii: "s"): return CharacterSet.space
        case UInt32(ascii: "S"): return CharacterSet.complement(CharacterSet.space)
        case UInt32(ascii: "w"): return CharacterSet.word
        case UInt32(ascii: "W"): return CharacterSet.complement(CharacterSet.word)
        default:
            at -= 1
            return escapedScalar().map { [$0...$0] }
        }
    }

    private mutating func escapedScalar() -> UInt32? {
        guard let scalar = peek() else { return nil }
        at += 1
        switch scalar {
        case UInt32(ascii: "a"): return 0x07
        case UInt32(ascii: "f"): return 0x0C
        case UInt32(ascii: "n"): return 0x0A
        case UInt32(ascii: "r"): return 0x0D
        case UInt32(ascii: "t"): return 0x09
        case UInt32(ascii: "v"): return 0x0B
        case UInt32(ascii: "1")...UInt32(ascii: "7"):
            // A single digit would be a reference back, which Go does not have.
            guard let next = peek(), (UInt32(ascii: "0")...UInt32(ascii: "7")).contains(next) else {
                return nil
            }
            return octal(scalar - 0x30)
        case UInt32(ascii: "0"):
            return octal(0)
        case UInt32(ascii: "x"):
            guard let high = hexDigit(), let low = hexDigit() else { return nil }
            return high << 4 | low
        default:
            return scalar < 0x80 && !ExpressionParser.isLetterOrDigit(scalar) ? scalar : nil
        }
    }

    private mutating func octal(_ first: UInt32) -> UInt32 {
        var value = first
        for _ in 0..<2 {
            guard let next = peek(), (0x30...0x37).contains(next) else { break }
            value = value << 3 | (next - 0x30)
            at += 1
        }
        return value
    }

    private mutating func hexDigit() -> UInt32? {
        guard let scalar = peek(), scalar < 0x80 else { return nil }
        at += 1
        switch scalar {
        case 0x30...0x39: return scalar - 0x30
        case 0x41...0x46: return scalar - 0x41 + 10
        case 0x61...0x66: return scalar - 0x61 + 10
        default: return nil
        }
    }

    private static func isLetterOrDigit(_ scalar: UInt32) -> Bool {
        (0x30...0x39).contains(scalar) || (0x41...0x5A).contains(scalar) || (0x61...0x7A).contains(scalar)
    }

    /// A set whose `[` has been read.
    private mutating func bracket() -> CharacterSet? {
        var set = CharacterSet(ranges: [])
        if peek() == UInt32(ascii: "^") {
            set.isNegated = true
            at += 1
        }
        var isFirst = true
        while true {
            guard let scalar = peek() else { return nil }
            if scalar == UInt32(ascii: "]") && !isFirst {
                at += 1
                return set
            }
            isFirst = false
            if scalar == UInt32(ascii: "["), at + 1 < text.count, text[at + 1] == UInt32(ascii: ":"),
                let close = classEnd()
            {
                guard let ranges = posixClass(upTo: close) else { return nil }
                set.ranges += ranges
                at = close + 2
                continue
            }
            if scalar == UInt32(ascii: "\\"), at + 1 < text.count, ExpressionParser.isClass(text[at + 1]) {
                at += 1
                guard let ranges = escape() else { return nil }
                set.ranges += ranges
                continue
            }
            guard let low = member() else { return nil }
            var high = low
            if peek() == UInt32(ascii: "-"), at + 1 < text.count, text[at + 1] != UInt32(ascii: "]") {
                at += 1
                guard let end = member(), end >= low else { return nil }
                high = end
            }
            set.ranges.append(low...high)
        }
    }

    private mutating func member() -> UInt32? {
        guard let scalar = peek() else { return nil }
        at += 1
        return scalar == UInt32(ascii: "\\") ? escapedScalar() : scalar
    }

    /// Where the `:]` of the class that starts here is.
    private func classEnd() -> Int? {
        var index = at + 2
        while index + 1 < text.count {
            if text[index] == UInt32(ascii: ":") && text[index + 1] == UInt32(ascii: "]") { return index }
            index += 1
        }
        return nil
    }

    private func posixClass(upTo close: Int) -> [ClosedRange<UInt32>]? {
        var name = text[(at + 2)..<close]
        let isNegated = name.first == UInt32(ascii: "^")
        if isNegated { name.removeFirst() }
        var letters = ""
        for scalar in name { letters.unicodeScalars.append(Unicode.Scalar(scalar) ?? "?") }
        guard let ranges = CharacterSet.named(letters) else { return nil }
        return isNegated ? CharacterSet.complement(ranges) : ranges
    }

    private static func isClass(_ scalar: UInt32) -> Bool {
        "dDsSwW".unicodeScalars.contains { $0.value == scalar }
    }
}

extension UInt32 {
    /// The value of an ASCII character.
    fileprivate init(ascii scalar: Unicode.Scalar) {
        self = scalar.value
    }
}
