/// Some bytes of a block from all over it, and about how small they could be made.
struct BlockSample {
    /// Stretches that are taken, and the bytes of each.
    private static let stretches = 8
    private static let stretch = 512
    /// Bytes of a sample.
    static let size = stretches * stretch
    /// Shorter matches save nothing.
    private static let leastMatch = 4
    /// What a match takes beside its symbol and the bits of its distance.
    private static let matchBits = 5
    private static let matchSymbol = 256
    private static let hashBits = 12

    private var bytes: [UInt8] = []

    /// Takes a block of at least twice the sample's size.
    mutating func take(from block: UnsafeBufferPointer<UInt8>) {
        bytes.removeAll(keepingCapacity: true)
        let step = block.count / Self.stretches
        for index in 0..<Self.stretches {
            // Not at equal distances, for many files are laid out in pages.
            let start = index * step + index * index * 379 % (step - Self.stretch + 1)
            unsafe bytes.append(
                contentsOf: UnsafeBufferPointer(rebasing: block[start..<start + Self.stretch]))
        }
    }

    /// Bits that codes for frequent bytes alone would leave; a code has at least one bit.
    var codedBits: Int {
        var symbols = Frequencies(kinds: 256)
        for byte in bytes { symbols.add(Int(byte)) }
        return max(symbols.bits, Self.size)
    }

    /// Looks for matches from left to right: bits that they and codes would leave, and bytes in matches that are
    /// no runs of one byte.
    func matched() -> (bits: Int, bytes: Int) {
        var symbols = Frequencies(kinds: Self.matchSymbol + 1)
        var distances = 0
        var matched = 0
        // One more than where four bytes with a hash were seen last.
        var seen = [UInt16](repeating: 0, count: 1 << Self.hashBits)
        var places = seen.mutableSpan
        let bytes = bytes.span
        var place = 0
        while place < Self.size {
            let end = (place / Self.stretch + 1) * Self.stretch
            guard place + Self.leastMatch <= end else {
                symbols.add(Int(bytes[place]))
                place += 1
                continue
            }
            let word = Self.word(bytes, place)
            let hash = Self.hash(word)
            let isRun = word == UInt32(bytes[place]) &* 0x0101_0101
            // A run goes on from the byte before it.
            let source = isRun ? (place % Self.stretch == 0 ? -1 : place - 1) : Int(places[hash]) - 1
            places[hash] = UInt16(truncatingIfNeeded: place + 1)
            guard source >= 0, Self.word(bytes, source) == word else {
                symbols.add(Int(bytes[place]))
                place += 1
                continue
            }
            var next = place + Self.leastMatch
            while next < end, bytes[source + next - place] == bytes[next] { next += 1 }
            symbols.add(Self.matchSymbol)
            distances += Int.bitWidth - (place - source).leadingZeroBitCount + Self.matchBits
            if !isRun {
                matched += next - place
                for inside in place + 1..<min(next, end - Self.leastMatch + 1) {
                    places[Self.hash(Self.word(bytes, inside))] = UInt16(truncatingIfNeeded: inside + 1)
                }
            }
            place = next
        }
        return (symbols.bits + distances, matched)
    }

    private static func word(_ bytes: Span<UInt8>, _ place: Int) -> UInt32 {
        UInt32(bytes[place]) | UInt32(bytes[place + 1]) << 8 | UInt32(bytes[place + 2]) << 16
            | UInt32(bytes[place + 3]) << 24
    }

    private static func hash(_ word: UInt32) -> Int { Int((word &* 0x9E37_79B1) >> UInt32(32 - hashBits)) }
}
