/// The expressions that moby makes of patterns, run without backtracking: time is path length times pattern
/// length.
///
/// Only what such an expression can hold is understood: sets, escapes, `.*`, `(.*/)?` and literals.
/// Characters are Go's: a byte that is not UTF-8 counts as one U+FFFD.
struct PathAutomaton: Hashable, Sendable {
    /// One step; the automaton is in many at once.
    enum Step: Hashable, Sendable {
        /// Takes one character of the set.
        case one(CharacterSet)
        /// Takes any number of them.
        case any(CharacterSet)
        /// Goes on with the next step, or with the one `count` further.
        case optional(count: Int)
        case atStart
        case atEnd
        case wordBoundary(isNegated: Bool)
    }

    private let alternatives: [[Step]]

    /// nil when Go's compiler would refuse the expression.
    init?(expression: [UInt32]) {
        var parser = ExpressionParser(text: expression)
        guard let alternatives = parser.alternatives() else { return nil }
        self.alternatives = alternatives
    }

    func matches(_ path: Span<UInt8>) -> Bool {
        for steps in alternatives where PathAutomaton.matches(steps, path) { return true }
        return false
    }

    private static func matches(_ steps: [Step], _ path: Span<UInt8>) -> Bool {
        let words = steps.count / 64 + 1
        var now = [UInt64](repeating: 0, count: words)
        var next = now
        now[0] = 1
        var at = 0
        var before: UInt32?
        // Only words between these hold bits.
        var first = 0
        var last = 0
        while true {
            let (scalar, length): (UInt32?, Int) =
                if at < path.count { GoText.scalar(path, at) } else { (nil, 0) }
            var isAlive = false
            var nextFirst = words
            var nextLast = 0
            var word = first
            while word <= last {
                // Steps only lead forward, so bits set here for this position are met later in this same
                // sweep.
                var done: UInt64 = 0
                while true {
                    let open = now[word] & ~done
                    if open == 0 { break }
                    let bit = open.trailingZeroBitCount
                    done |= 1 << UInt64(bit)
                    let index = word * 64 + bit
                    // Every step may lead to the next one at once.
                    if bit == 63 && word + 1 < words { last = max(last, word + 1) }
                    if index == steps.count { return true }
                    switch steps[index] {
                    case .one(let set):
                        if let scalar, set.contains(scalar) {
                            next.setBit(index + 1)
                            nextFirst = min(nextFirst, (index + 1) / 64)
                            nextLast = max(nextLast, (index + 1) / 64)
                            isAlive = true
                        }
                    case .any(let set):
                        now.setBit(index + 1)
                        if let scalar, set.contains(scalar) {
                            next.setBit(index)
                            nextFirst = min(nextFirst, index / 64)
                            nextLast = max(nextLast, index / 64)
                            isAlive = true
                        }
                    case .optional(let count):
                        now.setBit(index + 1)
                        now.setBit(index + count)
                        last = max(last, (index + count) / 64)
                    case .atStart:
                        if at == 0 { now.setBit(index + 1) }
                    case .atEnd:
                        if scalar == nil { now.setBit(index + 1) }
                    case .wordBoundary(let isNegated):
                        let isBoundary = CharacterSet.isWord(before) != CharacterSet.isWord(scalar)
                        if isBoundary != isNegated { now.setBit(index + 1) }
                    }
                }
                now[word] = 0
                word += 1
            }
            if scalar == nil || !isAlive { return false }
            swap(&now, &next)
            first = nextFirst
            last = nextLast
            before = scalar
            at += length
        }
    }
}

extension [UInt64] {
    fileprivate mutating func setBit(_ index: Int) {
        self[index / 64] |= 1 << UInt64(index % 64)
    }
}

/// Characters of an expression's set.
struct CharacterSet: Hashable, Sendable {
    var ranges: [ClosedRange<UInt32>]
    var isNegated = false

    static let everything = CharacterSet(ranges: [], isNegated: true)
    static let notNewline = CharacterSet(ranges: [0x0A...0x0A], isNegated: true)

    func contains(_ scalar: UInt32) -> Bool {
        for range in ranges where range.contains(scalar) { return !isNegated }
        return isNegated
    }

    static func isWord(_ scalar: UInt32?) -> Bool {
        guard let scalar else { return false }
        return word.contains { $0.contains(scalar) }
    }

    static let digit: [ClosedRange<UInt32>] = [0x30...0x39]
    static let space: [ClosedRange<UInt32>] = [0x09...0x0A, 0x0C...0x0D, 0x20...0x20]
    static let word: [ClosedRange<UInt32>] = [0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A]

    /// The characters that are in none of the ranges.
    static func complement(_ ranges: [ClosedRange<UInt32>]) -> [ClosedRange<UInt32>] {
        var list: [ClosedRange<UInt32>] = []
        var low: UInt32 = 0
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if range.lowerBound > low { list.append(low...(range.lowerBound - 1)) }
            low = max(low, range.upperBound + 1)
        }
        return low <= 0x10_FFFF ? list + [low...0x10_FFFF] : list
    }

    /// The ASCII members of a POSIX class.
    static func named(_ name: String) -> [ClosedRange<UInt32>]? {
        switch name {
        case "alnum": [0x30...0x39, 0x41...0x5A, 0x61...0x7A]
        case "alpha": [0x41...0x5A, 0x61...0x7A]
        case "ascii": [0x00...0x7F]
        case "blank": [0x09...0x09, 0x20...0x20]
        case "cntrl": [0x00...0x1F, 0x7F...0x7F]
        case "digit": digit
        case "graph": [0x21...0x7E]
        case "lower": [0x61...0x7A]
        case "print": [0x20...0x7E]
        case "punct": [0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E]
        case "space": [0x09...0x0D, 0x20...0x20]
        case "upper": [0x41...0x5A]
        case "word": word
        case "xdigit": [0x30...0x39, 0x41...0x46, 0x61...0x66]
        default: nil
        }
    }
}
