/// The same numbers on every machine for the same seed (SplitMix64).
struct SeededGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    /// A stream of its own for each member of a family, so that one more member moves no other.
    init(seed: UInt64, member: Int) {
        var mixer = SeededGenerator(seed: seed ^ (UInt64(bitPattern: Int64(member)) &* 0xD134_2543_DE82_EF95))
        state = mixer.next()
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// Below `bound`, which is at least 1 and below 2³².
    mutating func below(_ bound: Int) -> Int { Int(((next() >> 32) &* UInt64(bound)) >> 32) }

    /// Below `bound`, small numbers far more often: how words are used.
    mutating func skewed(_ bound: Int) -> Int { below(below(below(bound) + 1) + 1) }

    /// Bytes that no compressor makes smaller.
    mutating func noise(_ count: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count + 8)
        while bytes.count < count {
            var word = next()
            for _ in 0..<8 {
                bytes.append(UInt8(truncatingIfNeeded: word))
                word >>= 8
            }
        }
        bytes.removeLast(bytes.count - count)
        return bytes
    }
}
