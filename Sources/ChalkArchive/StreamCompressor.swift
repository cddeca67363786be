package import ChalkSystem

/// Compresses a tar stream that is kept as it is, such as an imported root file system, in pieces of one size.
package final class StreamCompressor: ByteSink {
    private static let piece = 1 << 20
    private let segments: StreamedSegments
    private let pipeline: SegmentPipeline<StreamedSegments>
    private var bench: EncoderBench?
    private var segment: [UInt8] = []
    private var segmentCount = 0

    /// A compressor at the start of a stream.
    package init(compression: LayerCompression, sink: any ByteSink) throws {
        bench = try EncoderBench(compression)
        segments = StreamedSegments(compression: compression, sink: sink)
        pipeline = SegmentPipeline(segments)
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
        try pipeline.drain(bench: &bench)
        return try segments.finish(entryCount: 0, segmentCount: segmentCount)
    }

    private func cut() throws {
        segmentCount += 1
        let full = segment
        segment = []
        segment.reserveCapacity(StreamCompressor.piece)
        try pipeline.submit(StreamedSegments.Job(raw: full), weight: full.count, bench: &bench)
    }
}
