package import ChalkOCI
package import ChalkSystem

/// Writes a layer: entries in, compressed bytes to a sink, digests of both sides in the same pass.
///
/// The bytes depend on the entries, their content, and ``LayerOptions/compression`` alone. Memory is bounded
/// by a few segments for each core, whatever the size of files and trees.
package final class LayerWriter {
    private let options: LayerOptions
    private let segments: StreamedSegments
    private let pipeline: SegmentPipeline<StreamedSegments>
    private var bench: EncoderBench?
    private var content = EntryContent()
    private var plan: SegmentPlan
    private var segment: [UInt8] = []
    private var last: [UInt8]?
    private var entryCount = 0
    private var segmentCount = 0

    /// A writer at the start of a layer.
    ///
    /// - Throws: ``ArchiveError`` for a level out of range.
    package convenience init(options: LayerOptions = LayerOptions(), sink: any ByteSink) throws {
        try self.init(options: options, sink: sink, width: IOPool.processorCount)
    }

    /// The same on a number of threads, and with segments of sizes, that tests choose.
    init(
        options: LayerOptions, sink: any ByteSink, width: Int, rule: SegmentPlan.Rule? = nil
    ) throws {
        bench = try EncoderBench(options.compression)
        self.options = options
        plan = SegmentPlan(rule ?? options.compression.rule)
        segments = StreamedSegments(compression: options.compression, sink: sink)
        pipeline = SegmentPipeline(segments, width: width)
    }

    /// Adds an entry, which must sort after all before it (``LayerPath/precedes(_:_:)``), and a file's content.
    ///
    /// - Returns: The digest of a file's content where ``LayerOptions/digestsContent`` asks for it.
    /// - Throws: ``ArchiveError``: `wrongOrder`, or `contentSize` when the content is shorter or longer than the
    ///   entry says; what the source or the sink throws. The layer cannot be gone on with then.
    @discardableResult
    package func add(_ entry: LayerEntry, content source: (any ByteSource)? = nil) throws -> Digest? {
        try checkOrder(entry)
        let header = try TarHeader.bytes(for: entry)
        let padding = TarHeader.padding(after: entry.contentSize)
        let isLarge = entry.contentSize > plan.rule.largeFile
        let size = Int64(header.count) + (isLarge ? 0 : entry.contentSize + Int64(padding))
        if plan.cuts(before: size) { try cut() }
        segment.append(contentsOf: header)
        if isLarge { try cut() }
        let digest = try content.copy(source, of: entry, digesting: options.digestsContent) { bytes in
            if isLarge { try appendPieces(bytes) } else { segment.append(contentsOf: bytes) }
        }
        segment.append(contentsOf: repeatElement(0, count: padding))
        entryCount += 1
        if isLarge ? !segment.isEmpty : plan.cuts(after: entry.path, size: size) { try cut() }
        return digest
    }

    /// What the layer took so far.
    package var cost: LayerCost {
        var cost = segments.cost
        cost.read += content.cost
        return cost
    }

    /// Ends the layer.
    package func finish() throws -> LayerSummary {
        segment.append(contentsOf: repeatElement(0, count: 2 * TarHeader.blockSize))
        try cut()
        try pipeline.drain(bench: &bench)
        return segments.summary(entryCount: entryCount, segmentCount: segmentCount)
    }

    private func checkOrder(_ entry: LayerEntry) throws(ArchiveError) {
        if let last, !LayerPath.precedes(last, entry.path) {
            let path = LayerPath.display(entry.path)
            throw ArchiveError(
                .wrongOrder,
                last == entry.path
                    ? "\(path) was added to the layer twice"
                    : "\(path) was added to the layer after \(LayerPath.display(last)), which sorts behind it"
            )
        }
        if case .hardLink(let target) = entry.kind, !LayerPath.precedes(target, entry.path) {
            throw ArchiveError(
                .wrongOrder,
                "the hard link \(LayerPath.display(entry.path)) comes before its target \(LayerPath.display(target)): the first name in order holds the content"
            )
        }
        last = entry.path
    }

    private func appendPieces(_ bytes: ArraySlice<UInt8>) throws {
        var rest = bytes
        while !rest.isEmpty {
            let part = rest.prefix(plan.rule.piece - segment.count)
            segment.append(contentsOf: part)
            rest = rest.dropFirst(part.count)
            if segment.count == plan.rule.piece { try cut() }
        }
    }

    private func cut() throws {
        plan.reset()
        segmentCount += 1
        let full = segment
        segment = []
        segment.reserveCapacity(full.count)
        try pipeline.submit(full, weight: full.count, bench: &bench)
    }
}
