/// One segment of a pattern, made ready to be held against one name.
///
/// Semantics.md section 4.1. Literals and patterns with a single star are kept as plain bytes, since nearly
/// every pattern that people write is one of these.
struct Glob: Hashable, Sendable {
    /// One thing a glob asks of a name, in 32 bits: a byte, `?`, `*`, or a set by its place in ``sets``.
    typealias Token = UInt32

    static let anyByte: Token = 256
    static let star: Token = 257
    static let firstSet: Token = 258

    enum Shape: Hashable, Sendable {
        /// Malformed: matches no name.
        case never
        /// Exactly these bytes.
        case literal([UInt8])
        /// `head*tail`.
        case oneStar(head: [UInt8], tail: [UInt8])
        /// Anything else.
        case tokens([Token], sets: [ByteSet])
    }

    let shape: Shape

    init(_ pattern: ArraySlice<UInt8>) {
        var reader = GlobReader(bytes: pattern)
        guard let tokens = reader.tokens() else {
            shape = .never
            return
        }
        let stars = tokens.indices.filter { tokens[$0] == Glob.star }
        if stars.count > 1 || tokens.contains(where: { $0 > 255 && $0 != Glob.star }) {
            shape = .tokens(tokens, sets: reader.sets)
        } else if let star = stars.first {
            shape = .oneStar(
                head: tokens[..<star].map { UInt8(truncatingIfNeeded: $0) },
                tail: tokens[(star + 1)...].map { UInt8(truncatingIfNeeded: $0) })
        } else {
            shape = .literal(tokens.map { UInt8(truncatingIfNeeded: $0) })
        }
    }

    /// Whether `token` is satisfied by `byte`.
    @inline(__always)
    static func accepts(_ token: Token, _ byte: UInt8, sets: Span<ByteSet>, firstSetAt: Int) -> Bool {
        if token < 256 { return token == UInt32(byte) }
        if token == anyByte { return true }
        return sets[firstSetAt + Int(token - firstSet)].contains(byte)
    }

    /// First what follows the last star, which stands at the end of the name; then the two-index loop: only
    /// the last star passed is ever gone back to, so the work is at most name times pattern.
    static func matches(
        _ tokens: Span<Token>, sets: Span<ByteSet>, firstSetAt: Int, _ name: Span<UInt8>
    ) -> Bool {
        var stop = tokens.count
        var end = name.count
        while stop > 0, tokens[stop - 1] != star {
            stop -= 1
            end -= 1
            if end < 0 || !accepts(tokens[stop], name[end], sets: sets, firstSetAt: firstSetAt) {
                return false
            }
        }
        if stop == 0 { return end == 0 }
        var next = 0
        var at = 0
        var afterStar = -1
        var starAt = 0
        while next < stop {
            if tokens[next] == star {
                next += 1
                afterStar = next
                starAt = at
            } else if at == end {
                return false
            } else if accepts(tokens[next], name[at], sets: sets, firstSetAt: firstSetAt) {
                next += 1
                at += 1
            } else if afterStar < 0 {
                return false
            } else {
                next = afterStar
                starAt += 1
                at = starAt
            }
        }
        return true
    }
}

/// Reads the text of a glob.
struct GlobReader {
    let bytes: ArraySlice<UInt8>
    private(set) var sets: [ByteSet] = []

    init(bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
    }

    /// The tokens, with runs of stars made one; nil when the text is malformed.
    mutating func tokens() -> [Glob.Token]? {
        var tokens: [Glob.Token] = []
        var at = bytes.startIndex
        while at < bytes.endIndex {
            let byte = bytes[at]
            at += 1
            switch byte {
            case UInt8(ascii: "*"):
                if tokens.last != Glob.star { tokens.append(Glob.star) }
            case UInt8(ascii: "?"):
                tokens.append(Glob.anyByte)
            case UInt8(ascii: "\\"):
                guard at < bytes.endIndex else { return nil }
                tokens.append(UInt32(bytes[at]))
                at += 1
            case UInt8(ascii: "["):
                guard let (set, end) = GlobReader.set(in: bytes, from: at) else { return nil }
                tokens.append(Glob.firstSet + UInt32(truncatingIfNeeded: sets.count))
                sets.append(set)
                at = end
            default:
                tokens.append(UInt32(byte))
            }
        }
        return tokens
    }

    /// The set whose text starts right after its `[`, and the index after its `]`; nil when it is malformed.
    static func set(in bytes: ArraySlice<UInt8>, from start: Int) -> (ByteSet, Int)? {
        let end = bytes.endIndex
        var at = start
        var set = ByteSet()
        var isNegated = false
        if at < end, bytes[at] == UInt8(ascii: "!") || bytes[at] == UInt8(ascii: "^") {
            isNegated = true
            at += 1
        }
        // The byte that a `-` right here would make the low end of a range; git and go-git take NUL for none.
        var low: UInt8?
        var isFirst = true
        while true {
            guard at < end else { return nil }
            let byte = bytes[at]
            if byte == UInt8(ascii: "]") && !isFirst { break }
            isFirst = false
            if byte == UInt8(ascii: "\\") {
                guard at + 1 < end else { return nil }
                set.insert(bytes[at + 1])
                low = bytes[at + 1] == 0 ? nil : bytes[at + 1]
                at += 2
            } else if byte == UInt8(ascii: "-"), let from = low, at + 1 < end,
                bytes[at + 1] != UInt8(ascii: "]")
            {
                var to = at + 1
                if bytes[to] == UInt8(ascii: "\\") {
                    to += 1
                    guard to < end else { return nil }
                }
                set.insert(from: from, through: bytes[to])
                low = nil
                at = to + 1
            } else if byte == UInt8(ascii: "["), at + 1 < end, bytes[at + 1] == UInt8(ascii: ":") {
                guard let close = bytes[(at + 2)...].firstIndex(of: UInt8(ascii: "]")) else { return nil }
                if close > at + 2, bytes[close - 1] == UInt8(ascii: ":") {
                    guard set.insert(className: bytes[(at + 2)..<(close - 1)]) else { return nil }
                    low = nil
                    at = close + 1
                } else {
                    set.insert(byte)
                    low = byte == 0 ? nil : byte
                    at += 1
                }
            } else {
                set.insert(byte)
                low = byte == 0 ? nil : byte
                at += 1
            }
        }
        if isNegated { set.invert() }
        return (set, at + 1)
    }
}
