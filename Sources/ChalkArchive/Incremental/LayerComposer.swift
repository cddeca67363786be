internal import ChalkOCI
package import ChalkSystem

/// Makes the layer of an ``EntryList``: each content is read at most once, and what a known layer already holds is
/// neither compressed nor, where paths and stamps tell that it is the same from the start on, read at all.
///
/// The bytes are those that ``LayerWriter`` would write. See `docs/decisions/0004`.
package struct LayerComposer: Sendable {
    let list: EntryList
    let schedule: SegmentSchedule
    let compression: LayerCompression
    let readers: @Sendable () throws -> any ContentReader
    let cancellation: Cancellation?
    /// Whether there is a blob to write.
    private(set) var writes = true
    private let key: [UInt8]
    private let width: Int
    /// What the segments are, told by paths and stamps.
    private let sight: [Fingerprint]

    /// A composer of a list that was arranged.
    ///
    /// - Parameters:
    ///   - key: the store's, ``FingerprintHasher/keySize`` bytes.
    ///   - rule: another than that of the compression is for tests: it moves digests.
    ///   - readers: makes a reader for one thread.
    /// - Throws: ``ArchiveError`` for an entry that no layer can hold, or a level out of range.
    package init(
        _ list: EntryList, compression: LayerCompression, key: [UInt8], cancellation: Cancellation? = nil,
        rule: SegmentPlan.Rule? = nil, width: Int = IOPool.processorCount,
        readers: @escaping @Sendable () throws -> any ContentReader
    ) throws {
        self.list = list
        self.compression = compression
        self.key = key
        self.cancellation = cancellation
        self.width = width
        self.readers = readers
        schedule = try SegmentSchedule(
            list, rule: rule ?? compression.rule, hasTable: compression.hasTable)
        guard let hasher = FingerprintHasher(key: key) else { throw Self.noHasher }
        sight = schedule.fingerprints(list, hasher)
    }

    /// Whether the files still look as they did, all of them: the layer is the one of the sighting.
    package func recognises(_ sighting: Sighting) -> Bool {
        sighting.fingerprints == sight && !sight.contains(.none)
    }

    /// Makes the layer, or only finds out which it is.
    ///
    /// - Parameters:
    ///   - known: an earlier layer, made with the same compression; another one is as good as none.
    ///   - sighting: what the files looked like when `known` was made or recognised.
    ///   - sink: gives a place for the blob, perhaps twice; nil when only the diffID is wanted.
    /// - Throws: what readers and sink throw; ``Cancellation/Cancelled``.
    package func compose<Sink: LayerSink>(
        onto known: KnownLayer? = nil, sighting: Sighting? = nil, sink: (() throws -> Sink)?
    ) throws -> ComposedLayer<Sink> {
        do {
            let known = (known?.ledger.ending != nil) == compression.hasTable ? known : nil
            return try once(onto: known, sighting, try sink?())
        } catch is KnownLayerDamaged {
            return try once(onto: nil, nil, try sink?())
        }
    }

    private func once<Sink: LayerSink>(
        onto known: KnownLayer?, _ sighting: Sighting?, _ sink: Sink?
    ) throws -> ComposedLayer<Sink> {
        var order = self
        order.writes = sink != nil
        let work = try ComposedSegments(order, known: known, sink: sink)
        let pipeline = SegmentPipeline(work, width: width)
        var bench: ComposedSegments.Bench?
        let rows = seen(in: known, sighting)
        var isBroken = known == nil
        var isUnsure = false
        for (number, segment) in schedule.segments.enumerated() {
            let row = rows[number]
            if row == number, !isBroken {
                if isUnsure {
                    try pipeline.drain(bench: &bench)
                    isBroken = work.isBroken
                    isUnsure = false
                }
                if !isBroken { continue }
            }
            try pipeline.submit(
                ComposedSegments.Job(number: number, row: row), weight: segment.size, bench: &bench)
            isUnsure = true
        }
        try pipeline.drain(bench: &bench)
        return try result(work, known, sink)
    }

    /// The known segment that each one is by its paths and stamps.
    private func seen(in known: KnownLayer?, _ sighting: Sighting?) -> [Int?] {
        guard let known, let sighting, sighting.fingerprints.count == known.ledger.count,
            sighting.diffID == known.diffID
        else { return sight.map { _ in nil } }
        let rows = Dictionary(
            sighting.fingerprints.enumerated().map { ($0.element, $0.offset) },
            uniquingKeysWith: { first, _ in first })
        return sight.enumerated().map { number, fingerprint in
            guard fingerprint != .none, let row = rows[fingerprint],
                known.ledger.rows[row].size == schedule.segments[number].size,
                known.ledger.rows[row].parts == schedule.segments[number].parts
            else { return nil }
            return row
        }
    }

    private func result<Sink: LayerSink>(
        _ work: ComposedSegments, _ known: KnownLayer?, _ sink: Sink?
    ) throws -> ComposedLayer<Sink> {
        let (digesting, hasher, output) = try work.finish()
        let same = digesting.alignment.count
        var rows: [SegmentLedger.Row] = []
        var sums: [UInt16] = []
        var sighted = sight
        for (number, segment) in schedule.segments.enumerated() {
            let note = digesting.notes[number]
            if let known, number < same {
                rows.append(known.ledger.rows[number])
                sums += known.sums(number)
            } else if let note {
                sums += note.sums
                if let written = output?.notes[number] {
                    rows.append(
                        SegmentLedger.Row(
                            size: segment.size, parts: segment.parts, identity: note.identity,
                            state: note.state, length: written.length, mark: written.mark,
                            blobState: written.blobState, chunks: written.chunks, file: written.file))
                }
            }
            if note?.isSettled == false { sighted[number] = .none }
        }
        var cost = digesting.cost
        if let output { cost += output.cost }
        let table = LayerTable(list, rule: schedule.rule, sums: sums)
        let size = schedule.segments.reduce(0) { $0 + Int64($1.size) }
        if let known, hasher == nil {
            return ComposedLayer(
                diffID: known.diffID, plainID: known.ledger.plainID, isKnown: true, sink: nil,
                ledger: sink == nil ? nil : known.ledger, table: table, fingerprints: sighted,
                uncompressedSize: known.ledger.ending?.uncompressedSize ?? size, cost: cost)
        }
        guard var hasher else { throw Self.noHasher }
        let plainID = self.plainID(hasher)
        var ending: SegmentLedger.Ending?
        if case .estargz(let level) = compression, let sink {
            ending = try end(rows, size, level: level, plainID, &hasher, sink, &cost)
        }
        let diffID = DiffID(hasher.finish())
        return ComposedLayer(
            diffID: diffID, plainID: plainID, isKnown: false, sink: sink,
            ledger: sink == nil ? nil : SegmentLedger(diffID: diffID, rows: rows, ending: ending),
            table: table, fingerprints: sighted, uncompressedSize: ending?.uncompressedSize ?? size,
            cost: cost)
    }

    // MARK: Tools

    private static let noHasher = ArchiveError(.system, "OpenSSL could not be started for fingerprints")

    func makeHasher() throws -> FingerprintHasher {
        guard let hasher = FingerprintHasher(key: key) else { throw Self.noHasher }
        return hasher
    }

    func makeEncoder() throws -> (any SegmentEncoder)? { writes ? try compression.makeEncoder() : nil }

    func encode(
        _ raw: [UInt8], _ places: [Range<Int>], _ encoder: (any SegmentEncoder)?, _ cost: inout LayerCost
    ) throws -> EncodedSegment {
        guard let encoder else { return EncodedSegment(bytes: raw) }
        return try cost.compressed.measure(raw.count) { try encoder.encode(raw, chunks: places) }
    }
}
