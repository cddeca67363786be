internal import ChalkOCI
package import ChalkSystem

/// Compresses a tar stream that is kept as it is, such as an imported root file system, in pieces of one size.
package final class StreamCompressor: ByteSink {
    private static let piece = 1 << 20
    private let pipeline: SegmentPipeline
    private var segment: [UInt8] = []
    private var hasher = SHA256Hasher()
    private var size: Int64 = 0

    /// A compressor at the start of a stream.
    package init(compression: LayerCompression, sink: any ByteSink) throws {
        _ = try compression.makeEncoder()
        pipeline = SegmentPipeline(compression: compression, sink: sink)
    }

    package func write(_ bytes: ArraySlice<UInt8>) throws {
        var rest = bytes
        while !rest.isEmpty {
            let part = rest.prefix(StreamCompressor.piece - segment.count)
            segment.append(contentsOf: part)
            rest = rest.dropFirst(part.count)
            if segment.count == StreamCompressor.piece { try cut() }
        }
    }

    /// Ends the stream.
    package func finish() throws -> LayerSummary {
        if !segment.isEmpty { try cut() }
        try pipeline.finish()
        return LayerSummary(
            diffID: DiffID(hasher.finish()), uncompressedSize: size, compressedSize: pipeline.written,
            entryCount: 0, segmentCount: pipeline.count)
    }

    private func cut() throws {
        hasher.update(segment)
        size += Int64(segment.count)
        let full = segment
        segment = []
        segment.reserveCapacity(StreamCompressor.piece)
        try pipeline.submit(full)
    }
}
