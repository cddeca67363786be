/// zstd frames by libarchive's zstd filter over its raw format.
///
/// Where looking for matches hardly pays in any part of a segment (weights of models), it is compressed at level 1,
/// which makes it as small.
final class ZstdEncoder: SegmentEncoder {
    private static let blockSize = 131_072
    private let level: Int
    private let probe: ContentProbe

    init(level: Int) throws(ArchiveError) {
        guard (1...19).contains(level) else {
            throw ArchiveError(.invalidEntry, "zstd level \(level) does not exist: use 1 to 19")
        }
        self.level = level
        probe = ContentProbe(isThorough: true)
    }

    func encode(_ segment: [UInt8]) throws -> [UInt8] {
        try ZstdLibrary.frame(segment, level: hasRepeats(segment) ? level : 1)
    }

    private func hasRepeats(_ segment: [UInt8]) -> Bool {
        unsafe segment.withUnsafeBufferPointer { bytes in
            for start in stride(from: 0, to: bytes.count, by: ZstdEncoder.blockSize) {
                let end = min(start + ZstdEncoder.blockSize, bytes.count)
                let block = unsafe UnsafeBufferPointer(rebasing: bytes[start..<end])
                if unsafe probe.look(at: block) == .repeats { return true }
            }
            return false
        }
    }
}
