/// How often each symbol comes, and how many bits codes for them take (their entropy).
struct Frequencies {
    /// The most symbols that are counted in all.
    static let limit = 4_096
    private var counts: [Int]

    /// No symbol yet, of so many kinds.
    init(kinds: Int) { counts = [Int](repeating: 0, count: kinds) }

    /// Counts a symbol.
    mutating func add(_ symbol: Int) { counts[symbol] += 1 }

    /// Bits that all of them take together.
    var bits: Int {
        let table = Self.logarithms
        let (counts, logarithms) = (counts.span, table.span)
        var (bits, total) = (0, 0)
        for symbol in counts.indices {
            total += counts[symbol]
            bits -= counts[symbol] * logarithms[counts[symbol]]
        }
        return (bits + total * logarithms[total]) >> Self.fraction
    }

    private static let fraction = 8
    /// Logarithms to base 2 with ``fraction`` bits after the point, of 1 to the limit; of 0, which counts for nothing, 0.
    private static let logarithms = [0] + (1...limit).map(logarithm)

    private static func logarithm(_ number: Int) -> Int {
        let whole = number.bitWidth - 1 - number.leadingZeroBitCount
        // Between 1 and 2, with 30 bits after the point. Its square passes 2 where the next bit is 1.
        var rest = UInt64(number) << UInt64(30 - whole)
        var result = whole
        for _ in 0..<fraction {
            rest = (rest * rest) >> 30
            let bit = rest >> 31
            rest >>= bit
            result = result << 1 | Int(bit)
        }
        return result
    }
}
