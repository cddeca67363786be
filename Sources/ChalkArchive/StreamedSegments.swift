internal import ChalkOCI
internal import ChalkSystem
private import Synchronization

/// The work on segments whose bytes are at hand: compress, digest, write.
final class StreamedSegments: SegmentWork {
    struct Product: Sendable {
        let raw: [UInt8]
        let encoded: [UInt8]
        let cost: LayerCost
    }

    private struct Digesting {
        var hasher = SHA256Hasher()
        var size: Int64 = 0
        var cost = LayerCost()
    }

    private let compression: LayerCompression
    private let digesting = Mutex(Digesting())
    private let output: Mutex<LayerOutput>

    init(compression: LayerCompression, sink: any ByteSink) {
        self.compression = compression
        output = Mutex(LayerOutput(sink))
    }

    func makeBench() throws -> EncoderBench { try EncoderBench(compression) }

    func make(_ job: [UInt8], at bench: EncoderBench) throws -> Product {
        guard let encoder = bench.encoder else { return Product(raw: job, encoded: job, cost: LayerCost()) }
        var cost = LayerCost()
        let encoded = try cost.compressed.measure(job.count) { try encoder.encode(job) }
        return Product(raw: job, encoded: encoded, cost: cost)
    }

    func digest(_ product: Product) {
        digesting.withLock { state in
            var hasher = state.hasher
            state.cost.hashed.measure(product.raw.count) { hasher.update(product.raw) }
            state.hasher = hasher
            state.cost += product.cost
            state.size += Int64(product.raw.count)
        }
    }

    func write(_ product: Product) throws {
        try output.withLock { try $0.write(product.encoded) }
    }

    /// What it took so far.
    var cost: LayerCost {
        var cost = digesting.withLock(\.cost)
        cost.written += output.withLock(\.cost)
        return cost
    }

    /// What the layer has become once the pipeline is drained.
    func summary(entryCount: Int, segmentCount: Int) -> LayerSummary {
        let (diffID, size) = digesting.withLock { (DiffID($0.hasher.finish()), $0.size) }
        return LayerSummary(
            diffID: diffID, uncompressedSize: size, compressedSize: output.withLock { $0.cost.bytes },
            entryCount: entryCount, segmentCount: segmentCount)
    }
}

/// A thread's encoder.
final class EncoderBench {
    /// Nil when there is nothing to encode.
    let encoder: (any SegmentEncoder)?

    /// - Throws: ``ArchiveError`` for a level out of range.
    init(_ compression: LayerCompression) throws { encoder = try compression.makeEncoder() }
}

/// A sink that threads take turns to write to.
struct LayerOutput: @unchecked Sendable {
    // The sink is a class that need not be Sendable. It is reached through a mutex alone while a layer is
    // written, and by its owner only before the first segment and after the pipeline was drained or failed.
    private let sink: any ByteSink
    /// What went to the sink.
    private(set) var cost = LayerCost.Share()

    init(_ sink: any ByteSink) { self.sink = sink }

    mutating func write(_ bytes: [UInt8]) throws {
        try cost.measure(bytes.count) { try sink.write(bytes) }
    }
}
