/// Where a layer's tar is cut into segments: a function of the entries' paths and sizes alone, such that an
/// edit moves the cuts around it and no others. Part of layer format version 3.
///
/// A segment ends after an entry with a probability in proportion to the entry's bytes, decided by a hash of
/// its path, once ``Rule/minimum`` is reached; before an entry that would take it past ``Rule/maximum``; and
/// around the content of each file over ``Rule/largeFile``, which becomes segments of ``Rule/piece`` bytes of
/// its own (its header stays with the entries before it, so an appended byte leaves all full pieces as they
/// were).
package struct SegmentPlan {
    /// The sizes that a plan goes by; all in bytes of tar.
    package struct Rule: Hashable, Sendable {
        let minimum: Int64
        let maximum: Int64
        /// No less than ``maximum``.
        let largeFile: Int64
        /// A number of whole tar blocks.
        let piece: Int
        /// Bytes after ``minimum`` until the mean cut.
        let window: UInt64

        /// The rule of gzip and plain layers. DEFLATE looks back 32 KiB, so small segments cost next to nothing.
        package static let standard = Rule(
            minimum: 256 << 10, maximum: 1 << 20, largeFile: 4 << 20, piece: 1 << 20, window: 256 << 10)

        /// The rule of eStargz layers, where the piece of a file is a chunk, which readers fetch as a whole.
        package static let chunks = Rule(
            minimum: standard.minimum, maximum: standard.maximum, largeFile: standard.largeFile,
            piece: 4 << 20,
            window: standard.window)

        /// The rule of zstd layers, which looks back 2 MiB: half of that as a mean is what memory allows.
        /// Large files are cut as by ``standard``, for a layer's table counts their pieces.
        package static let wide = Rule(
            minimum: 512 << 10, maximum: 2 << 20, largeFile: standard.largeFile, piece: standard.piece,
            window: 512 << 10)

        /// A rule by which small trees have many segments, for tests.
        package static let tiny = Rule(
            minimum: 1 << 10, maximum: 4 << 10, largeFile: 6 << 10, piece: 1 << 10, window: 1 << 10)
    }

    let rule: Rule
    /// Bytes of the segment that is being filled.
    private(set) var filled: Int64 = 0

    init(_ rule: Rule) { self.rule = rule }

    /// Whether a cut comes before an entry of so many tar bytes.
    func cuts(before size: Int64) -> Bool {
        filled >= rule.minimum && filled + size > rule.maximum
    }

    /// Counts an entry in; says whether a cut comes after it.
    mutating func cuts(after path: some Collection<UInt8>, size: Int64) -> Bool {
        filled += size
        if filled < rule.minimum { return false }
        if filled >= rule.maximum { return true }
        // size is below `maximum` here, so nothing overflows.
        return UInt64(Self.hash(path)) * rule.window < UInt64(size) << 32
    }

    /// A segment ended.
    mutating func reset() { filled = 0 }

    /// FNV-1a with a finisher (multiply and shift), so that its upper half is even over short paths.
    private static func hash(_ path: some Collection<UInt8>) -> UInt32 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in path { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        hash ^= hash >> 33
        hash = hash &* 0xFF51_AFD7_ED55_8CCD
        return UInt32(truncatingIfNeeded: hash >> 32)
    }
}
