/// Where a layer's tar is cut into segments: a function of the entries' paths and sizes alone, such that an
/// edit moves the cuts around it and no others. Part of layer format version 1.
///
/// A segment ends after an entry with a probability in proportion to the entry's bytes, decided by a hash of
/// its path, once ``minimum`` is reached; before an entry that would take it past ``maximum``; and around the
/// content of each file over ``largeFile``, which becomes segments of ``piece`` bytes of its own (its header
/// stays with the entries before it, so an appended byte leaves all full pieces as they were).
struct SegmentPlan {
    static let minimum: Int64 = 256 << 10
    static let maximum: Int64 = 1 << 20
    static let largeFile: Int64 = 4 << 20
    static let piece = 1 << 20
    /// Bytes after ``minimum`` until the mean cut.
    private static let window: UInt64 = 256 << 10

    /// Bytes of the segment that is being filled.
    private(set) var filled: Int64 = 0

    /// Whether a cut comes before an entry of so many tar bytes.
    func cuts(before size: Int64) -> Bool {
        filled >= Self.minimum && filled + size > Self.maximum
    }

    /// Counts an entry in; says whether a cut comes after it.
    mutating func cuts(after path: [UInt8], size: Int64) -> Bool {
        filled += size
        if filled < Self.minimum { return false }
        if filled >= Self.maximum { return true }
        // size is below `maximum` here, so nothing overflows.
        return UInt64(Self.hash(path)) * Self.window < UInt64(size) << 32
    }

    /// A segment ended.
    mutating func reset() { filled = 0 }

    /// FNV-1a with a finisher (multiply and shift), so that its upper half is even over short paths.
    private static func hash(_ path: [UInt8]) -> UInt32 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in path { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        hash ^= hash >> 33
        hash = hash &* 0xFF51_AFD7_ED55_8CCD
        return UInt32(truncatingIfNeeded: hash >> 32)
    }
}
