/// Says what compressing a block would gain, by compressing samples of it. For one thread at a time.
@safe final class ContentProbe {
    /// What bytes are to a compressor.
    enum Finding: Sendable {
        /// Nothing makes them smaller: compressed files.
        case noise
        /// Some bytes are more frequent than others; matches save next to nothing: weights of models.
        case plain
        /// Matches save a little beside that: noise with gaps.
        case weak
        /// Matches make them smaller: text, programs.
        case repeats
    }

    /// Samples of each block, which are compressed as one, and the bytes of each.
    private static let samples = 8
    private static let sampleSize = 512
    private static let size = samples * sampleSize
    private let matching: DeflateStream
    private let counting: DeflateStream
    private let output: UnsafeMutablePointer<UInt8>
    private let room: Int

    init() throws(ArchiveError) {
        // A window and tables no larger than a sample needs, for they are cleared each time.
        matching = try DeflateStream(.matches(level: 1), windowBits: 12, memory: 5)
        counting = try DeflateStream(.huffman, windowBits: 12, memory: 5)
        room = matching.bound(ContentProbe.size, parts: 1)
        unsafe output = .allocate(capacity: room)
    }

    deinit { unsafe output.deallocate() }

    /// Looks at a block; a function of its bytes alone.
    func look(at block: UnsafeBufferPointer<UInt8>) throws(ArchiveError) -> Finding {
        let size = ContentProbe.size
        // Little is compressed in less time than it takes to look.
        if block.count < 2 * size { return .repeats }
        let counted = try unsafe measure(block, counting, .huffman)
        let matched = try unsafe measure(block, matching, .matches(level: 1))
        if min(counted, matched) > size - size / 32 { return .noise }
        if matched > counted - counted / 64 { return .plain }
        return matched > counted - counted / 8 ? .weak : .repeats
    }

    private func measure(
        _ block: UnsafeBufferPointer<UInt8>, _ stream: DeflateStream, _ effort: DeflateStream.Effort
    ) throws(ArchiveError) -> Int {
        try unsafe stream.start(output, room: room)
        let step = block.count / ContentProbe.samples
        for index in 0..<ContentProbe.samples {
            // Not at equal distances, for many files are laid out in pages.
            let start = index * step + index * index * 379 % (step - ContentProbe.sampleSize + 1)
            let sample = unsafe UnsafeBufferPointer(rebasing: block[start..<start + ContentProbe.sampleSize])
            try unsafe stream.add(sample, effort, isLast: index == ContentProbe.samples - 1)
        }
        return stream.count
    }
}
