/// Says what compressing a block would gain, by counting in samples of it. For one thread at a time.
///
/// All arithmetic is on integers: the answer is a function of the block's bytes alone, on every machine.
final class ContentProbe {
    /// What bytes are to a compressor.
    enum Finding: Sendable {
        /// Nothing makes them smaller by what it costs: compressed files, and weights whose codes would hardly pay.
        case noise
        /// Some bytes are more frequent than others; matches save next to nothing: small integers.
        case plain
        /// Runs of one byte make them smaller, other matches next to nothing: tables with gaps.
        case runs
        /// Matches make them smaller: text, programs.
        case repeats
    }

    /// What codes have to save of a block to be worth their time, in 1/32.
    private let leastSaving: Int
    private var sample = BlockSample()

    /// - Parameter isThorough: whether size counts more than time.
    init(isThorough: Bool) { leastSaving = isThorough ? 1 : 8 }

    /// Looks at a block.
    func look(at block: UnsafeBufferPointer<UInt8>) -> Finding {
        // Little is compressed in less time than it takes to look.
        if block.count < 2 * BlockSample.size { return .repeats }
        unsafe sample.take(from: block)
        let (whole, codes) = (BlockSample.size * 8, sample.codedBits)
        // Where all bytes are as frequent, a sample cannot show a match.
        if codes > whole - whole / 64 { return .noise }
        let matches = sample.matched()
        let best = min(codes, matches.bits)
        if best > whole - whole / 32 { return .noise }
        if matches.bytes > BlockSample.size / 16 { return .repeats }
        if best > whole - whole / 32 * leastSaving { return .noise }
        return matches.bits > codes - codes / 64 ? .plain : .runs
    }
}
