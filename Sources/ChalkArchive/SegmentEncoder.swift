/// Compresses one segment into bytes that stand on their own; used by one thread at a time.
protocol SegmentEncoder: AnyObject {
    /// The segment as one gzip member or some zstd frames; a function of the bytes and the level alone.
    func encode(_ segment: [UInt8]) throws -> [UInt8]
}
