/// Compresses one segment into bytes that stand on their own; used by one thread at a time.
protocol SegmentEncoder: AnyObject {
    /// The segment as one gzip member or some zstd frames; a function of the bytes and the level alone.
    func encode(_ segment: [UInt8]) throws -> [UInt8]

    /// The same where contents are to be found on their own.
    ///
    /// - Parameter places: where contents lie in the segment, in order; none is empty.
    func encode(_ segment: [UInt8], chunks places: [Range<Int>]) throws -> EncodedSegment
}

extension SegmentEncoder {
    func encode(_ segment: [UInt8], chunks places: [Range<Int>]) throws -> EncodedSegment {
        EncodedSegment(bytes: try encode(segment))
    }
}

extension [UInt8] {
    /// The bytes in room of their own size. A segment waits for its turn, and the room that an encoder needs at most
    /// would wait with it.
    var trimmed: [UInt8] { count < capacity / 2 ? Array(self[...]) : self }
}
