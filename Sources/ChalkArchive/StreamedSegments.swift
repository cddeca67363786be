internal import ChalkOCI
internal import ChalkSystem
private import Synchronization

/// The work on segments whose bytes are at hand: compress, digest, write.
final class StreamedSegments: SegmentWork {
    /// A segment to make.
    struct Job: Sendable {
        let raw: [UInt8]
        /// Of an eStargz layer: what the segment holds, in order.
        var marks: [ContentMark] = []
    }

    struct Product: Sendable {
        let job: Job
        let encoded: EncodedSegment
        let cost: LayerCost
    }

    private struct Digesting {
        var hasher = SHA256Hasher()
        var size: Int64 = 0
        var cost = LayerCost()

        mutating func digest(_ bytes: [UInt8]) {
            var hasher = hasher
            cost.hashed.measure(bytes.count) { hasher.update(bytes) }
            self.hasher = hasher
            size += Int64(bytes.count)
        }
    }

    private let compression: LayerCompression
    private let digesting = Mutex(Digesting())
    private let output: Mutex<LayerOutput>

    init(compression: LayerCompression, sink: any ByteSink) {
        self.compression = compression
        output = Mutex(LayerOutput(sink, hasTable: compression.hasTable))
    }

    func makeBench() throws -> EncoderBench { try EncoderBench(compression) }

    func make(_ job: Job, at bench: EncoderBench) throws -> Product {
        guard let encoder = bench.encoder else {
            return Product(job: job, encoded: EncodedSegment(bytes: job.raw), cost: LayerCost())
        }
        var cost = LayerCost()
        let encoded = try cost.compressed.measure(job.raw.count) {
            try encoder.encode(job.raw, chunks: job.marks.map(\.place).filter { !$0.isEmpty })
        }
        return Product(job: job, encoded: encoded, cost: cost)
    }

    func digest(_ product: Product) {
        digesting.withLock { state in
            state.cost += product.cost
            state.digest(product.job.raw)
        }
    }

    func write(_ product: Product) throws {
        try output.withLock { try $0.write(product) }
    }

    /// What it took so far.
    var cost: LayerCost {
        var cost = digesting.withLock(\.cost)
        cost.written += output.withLock(\.cost)
        return cost
    }

    /// What the layer has become once the pipeline is drained.
    func finish(entryCount: Int, segmentCount: Int) throws -> LayerSummary {
        var digesting = digesting.withLock { $0 }
        let (ending, written) = try output.withLock { output in
            let ending = try output.end(compression) { digesting.digest($0) }
            return (ending, output.cost.bytes)
        }
        let size = digesting.size
        return LayerSummary(
            diffID: DiffID(digesting.hasher.finish()), uncompressedSize: size, compressedSize: written,
            entryCount: entryCount, segmentCount: segmentCount,
            estargz: ending.map { EstargzNote(tableDigest: $0.tableDigest, uncompressedSize: size) })
    }
}

/// A thread's encoder.
final class EncoderBench {
    /// Nil when there is nothing to encode.
    let encoder: (any SegmentEncoder)?

    /// - Throws: ``ArchiveError`` for a level out of range.
    init(_ compression: LayerCompression) throws { encoder = try compression.makeEncoder() }
}

/// A sink that threads take turns to write to, and what it is told of the layer on the way.
struct LayerOutput: @unchecked Sendable {
    // The sink is a class that need not be Sendable. It is reached through a mutex alone while a layer is
    // written, and by its owner only before the first segment and after the pipeline was drained or failed.
    private let sink: any ByteSink
    private var contents: StreamedContents?
    /// What went to the sink.
    private(set) var cost = LayerCost.Share()

    init(_ sink: any ByteSink, hasTable: Bool) {
        self.sink = sink
        contents = hasTable ? StreamedContents() : nil
    }

    mutating func write(_ product: StreamedSegments.Product) throws {
        contents?.add(product, at: cost.bytes)
        try put(product.encoded.bytes)
    }

    /// Ends an eStargz layer; `raw` takes the bytes of tar.
    mutating func end(
        _ compression: LayerCompression, raw: ([UInt8]) -> Void
    ) throws -> TableOfContents.Ending? {
        guard case .estargz(let level) = compression, let contents else { return nil }
        return try contents.table.end(at: cost.bytes, level: level, raw: raw) { try put($0) }
    }

    private mutating func put(_ bytes: [UInt8]) throws {
        try cost.measure(bytes.count) { try sink.write(bytes) }
    }
}
