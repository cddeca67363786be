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
    /// Of an eStargz layer: what the segment holds.
    private var marks: [ContentMark] = []
    /// Bytes of a large file that are still to come.
    private var left: Int64 = 0
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
        if options.compression.hasTable {
            segment = try Estargz.landmarkBlocks()
            marks = [.entry(Estargz.landmark, place: Estargz.landmarkPlace)]
            try cut()
        }
    }

    /// Adds an entry, which must sort after all before it (``LayerPath/precedes(_:_:)``), and a file's content.
    ///
    /// - Returns: The digest of a file's content where ``LayerOptions/digestsContent`` asks for it.
    /// - Throws: ``ArchiveError``: `wrongOrder`, or `contentSize` when the content is shorter or longer than the
    ///   entry says; what the source or the sink throws. The layer cannot be gone on with then.
    @discardableResult
    package func add(_ entry: LayerEntry, content source: (any ByteSource)? = nil) throws -> Digest? {
        try checkOrder(entry)
        if options.compression.hasTable { try Estargz.check(entry) }
        let header = try TarHeader.bytes(for: entry)
        let padding = TarHeader.padding(after: entry.contentSize)
        let isLarge = entry.contentSize > plan.rule.largeFile
        let size = Int64(header.count) + (isLarge ? 0 : entry.contentSize + Int64(padding))
        if plan.cuts(before: size) { try cut() }
        segment.append(contentsOf: header)
        let start = segment.count
        mark(.entry(entry, place: start..<start + (isLarge ? 0 : Int(entry.contentSize))))
        if isLarge { try cut() }
        left = isLarge ? entry.contentSize : 0
        let digest = try content.copy(source, of: entry, digesting: options.digestsContent) { bytes in
            if isLarge { try appendPieces(bytes) } else { segment.append(contentsOf: bytes) }
        }
        if isLarge, !segment.isEmpty { markPiece() }
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
        if !options.compression.hasTable {
            segment.append(contentsOf: repeatElement(0, count: TarHeader.endSize))
        }
        if !segment.isEmpty { try cut() }
        try pipeline.drain(bench: &bench)
        return try segments.finish(entryCount: entryCount, segmentCount: segmentCount)
    }

    private func mark(_ mark: ContentMark) {
        if options.compression.hasTable { marks.append(mark) }
    }

    /// All of the segment is a piece of a large file.
    private func markPiece() {
        left -= Int64(segment.count)
        mark(.piece(place: 0..<segment.count, isLast: left == 0))
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
            if segment.count == plan.rule.piece {
                markPiece()
                try cut()
            }
        }
    }

    private func cut() throws {
        plan.reset()
        segmentCount += 1
        let job = StreamedSegments.Job(raw: segment, marks: marks)
        segment = []
        marks = []
        segment.reserveCapacity(job.raw.count)
        try pipeline.submit(job, weight: job.raw.count, bench: &bench)
    }
}
