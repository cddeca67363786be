/// A set of bytes, as a bracket expression means one.
struct ByteSet: Hashable, Sendable {
    private var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)

    static func == (a: ByteSet, b: ByteSet) -> Bool { a.words == b.words }

    func hash(into hasher: inout Hasher) {
        hasher.combine(words.0)
        hasher.combine(words.1)
        hasher.combine(words.2)
        hasher.combine(words.3)
    }

    func contains(_ byte: UInt8) -> Bool {
        let word =
            switch byte >> 6 {
            case 0: words.0
            case 1: words.1
            case 2: words.2
            default: words.3
            }
        return word >> UInt64(byte & 63) & 1 != 0
    }

    mutating func insert(_ byte: UInt8) {
        let bit = UInt64(1) << UInt64(byte & 63)
        switch byte >> 6 {
        case 0: words.0 |= bit
        case 1: words.1 |= bit
        case 2: words.2 |= bit
        default: words.3 |= bit
        }
    }

    /// Inserts every byte from `low` to `high`; none where they are the wrong way round.
    mutating func insert(from low: UInt8, through high: UInt8) {
        if low > high { return }
        for byte in low...high { insert(byte) }
    }

    mutating func invert() {
        words = (~words.0, ~words.1, ~words.2, ~words.3)
    }

    /// Inserts the ASCII members of a POSIX class.
    ///
    /// - Returns: false when there is no class of that name.
    mutating func insert(className name: ArraySlice<UInt8>) -> Bool {
        guard let isMember = ByteSet.membership(of: String(decoding: name, as: UTF8.self)) else {
            return false
        }
        for byte in UInt8(0)..<0x80 where isMember(byte) { insert(byte) }
        return true
    }

    private static func membership(of name: String) -> ((UInt8) -> Bool)? {
        let isDigit = { (byte: UInt8) in byte >= 0x30 && byte <= 0x39 }
        let isUpper = { (byte: UInt8) in byte >= 0x41 && byte <= 0x5A }
        let isLower = { (byte: UInt8) in byte >= 0x61 && byte <= 0x7A }
        switch name {
        case "alnum": return { isDigit($0) || isUpper($0) || isLower($0) }
        case "alpha": return { isUpper($0) || isLower($0) }
        case "blank": return { $0 == 0x20 || $0 == 0x09 }
        case "cntrl": return { $0 < 0x20 || $0 == 0x7F }
        case "digit": return isDigit
        case "graph": return { $0 > 0x20 && $0 < 0x7F }
        case "lower": return isLower
        case "print": return { $0 >= 0x20 && $0 < 0x7F }
        case "punct": return { $0 > 0x20 && $0 < 0x7F && !isDigit($0) && !isUpper($0) && !isLower($0) }
        case "space": return { $0 == 0x20 || ($0 >= 0x09 && $0 <= 0x0D) }
        case "upper": return isUpper
        case "xdigit": return { isDigit($0) || ($0 >= 0x41 && $0 <= 0x46) || ($0 >= 0x61 && $0 <= 0x66) }
        default: return nil
        }
    }
}
