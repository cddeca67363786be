internal import ChalkOCI
internal import ChalkSystem
private import Synchronization

/// The work on segments of an ``EntryList``: read, look up or compress, digest, write.
final class ComposedSegments: SegmentWork {
    /// A segment to make.
    struct Job: Sendable {
        let number: Int
        /// The known layer's segment that its paths and stamps tell to be the same.
        let row: Int?
    }

    /// A segment that was made.
    struct Product: Sendable {
        let number: Int
        let raw: [UInt8]
        /// The known layer's segment with the same bytes.
        let row: Int?
        /// Where contents lie in `raw` that eStargz layers keep apart.
        let places: [Range<Int>]
        /// What `raw` was compressed to; empty where a known segment holds it, or nobody wants it.
        let encoded: EncodedSegment
        /// Fingerprints of the two.
        let identity: Fingerprint
        let mark: Fingerprint
        /// Sums of the contents, see ``LayerTable``.
        let sums: [UInt16]
        /// Whether paths and stamps tell the segment the next time.
        let isSettled: Bool
        let cost: LayerCost
    }

    /// A thread's tools.
    final class Bench {
        let encoder: (any SegmentEncoder)?
        let hasher: FingerprintHasher
        let reader: any ContentReader

        init(_ encoder: (any SegmentEncoder)?, _ hasher: FingerprintHasher, _ reader: any ContentReader) {
            self.encoder = encoder
            self.hasher = hasher
            self.reader = reader
        }
    }

    /// What was found out of a segment when it was digested.
    struct DigestNote: Sendable {
        let identity: Fingerprint
        let state: [UInt8]
        let sums: [UInt16]
        let isSettled: Bool
    }

    /// What was found out of a segment when it was written.
    struct WriteNote: Sendable {
        let length: Int
        let mark: Fingerprint
        let blobState: [UInt8]
        let chunks: [Chunk]
        let file: [UInt8]
    }

    struct Digesting: Sendable {
        var alignment: Alignment
        var hasher: SHA256Hasher?
        var notes: [Int: DigestNote] = [:]
        var cost = LayerCost()
    }

    private let order: LayerComposer
    private let known: KnownLayer?
    /// The known layer's segments by their bytes.
    private let rows: [Fingerprint: Int]
    private let digesting: Mutex<Digesting>
    private let output: Mutex<SegmentOutput?>

    init(_ order: LayerComposer, known: KnownLayer?, sink: (any LayerSink)?) throws {
        self.order = order
        self.known = known
        rows = Dictionary(
            known.map { $0.ledger.rows.enumerated().map { ($0.element.identity, $0.offset) } } ?? [],
            uniquingKeysWith: { first, _ in first })
        digesting = Mutex(Digesting(alignment: Alignment(known: known != nil)))
        output = Mutex(try sink.map { try SegmentOutput($0, known, order) })
    }

    func makeBench() throws -> Bench {
        Bench(try order.makeEncoder(), try order.makeHasher(), try order.readers())
    }

    // MARK: Making

    func make(_ job: Job, at bench: Bench) throws -> Product {
        try order.cancellation?.check()
        let segment = order.schedule.segments[job.number]
        var cost = LayerCost()
        var contents = SegmentContents(order, job.number)
        try contents.read(bench.reader, &cost.read)
        let places = order.compression.hasTable ? contents.chunks : []
        if let row = job.row, let known {
            return Product(
                number: job.number, raw: contents.raw, row: row, places: places, encoded: EncodedSegment(),
                identity: known.ledger.rows[row].identity, mark: .none, sums: Array(known.sums(row)),
                isSettled: true, cost: cost)
        }
        let identity = cost.hashed.measure(segment.size) { bench.hasher.fingerprint(of: contents.raw) }
        let row = known.flatMap { knownRow(of: identity, places, number: job.number, in: $0.ledger) }
        var encoded = EncodedSegment()
        var mark = Fingerprint.none
        if row == nil, order.writes {
            encoded = try order.encode(contents.raw, places, bench.encoder, &cost)
            mark = cost.hashed.measure(encoded.bytes.count) { bench.hasher.fingerprint(of: encoded.bytes) }
        }
        return Product(
            number: job.number, raw: contents.raw, row: row, places: places, encoded: encoded,
            identity: identity, mark: mark, sums: contents.sums(), isSettled: contents.isSettled, cost: cost)
    }

    /// The known segment of these bytes; the one in its own place where they are there more than once.
    private func knownRow(
        of identity: Fingerprint, _ places: [Range<Int>], number: Int, in ledger: SegmentLedger
    ) -> Int? {
        let segment = order.schedule.segments[number]
        guard identity != .none, let first = rows[identity] else { return nil }
        let isInPlace = number < ledger.count && ledger.rows[number].identity == identity
        let row = isInPlace ? number : first
        let known = ledger.rows[row]
        // The same bytes may be a piece of an archive here and entries there.
        return known.size == segment.size && known.parts == segment.parts
            && known.chunks.map(\.place) == places ? row : nil
    }

    // MARK: In order

    func digest(_ product: Product) throws {
        try digesting.withLock { state in
            state.cost += product.cost
            let isKnown = state.alignment.take(product.number, row: product.row)
            if isKnown, let known {
                state.note(product, known.ledger.rows[product.number].state)
                return
            }
            var hasher = try state.hasher ?? resumed(state.alignment)
            state.cost.hashed.measure(product.raw.count) { hasher.update(product.raw) }
            state.hasher = hasher
            state.note(product, hasher.state)
        }
    }

    func write(_ product: Product) throws {
        try output.withLock { try $0?.write(product) }
    }

    private func resumed(_ alignment: Alignment) throws -> SHA256Hasher {
        guard let known, alignment.count > 0 else { return SHA256Hasher() }
        guard let hasher = known.digest(before: alignment.count) else { throw KnownLayerDamaged() }
        return hasher
    }

    // MARK: Results

    /// Whether a segment so far is not the known layer's.
    var isBroken: Bool { digesting.withLock { $0.alignment.isBroken } }

    /// What the layer has become once the pipeline is drained; no hasher where it is the known one.
    func finish() throws -> (digesting: Digesting, hasher: SHA256Hasher?, output: SegmentOutput.Result?) {
        let total = order.schedule.segments.count
        let (digesting, hasher) = try digesting.withLock { state in
            state.alignment.end(after: total, of: known?.ledger.count ?? 0)
            guard state.alignment.isBroken else { return (state, SHA256Hasher?.none) }
            return (state, try state.hasher ?? resumed(state.alignment))
        }
        let result = try output.withLock { try $0?.finish(digesting.alignment) }
        return (digesting, hasher, result)
    }
}

extension ComposedSegments.Digesting {
    fileprivate mutating func note(_ product: ComposedSegments.Product, _ state: [UInt8]) {
        notes[product.number] = ComposedSegments.DigestNote(
            identity: product.identity, state: state, sums: product.sums, isSettled: product.isSettled)
    }
}

/// What was kept of a known layer is not what it was; the layer is made without it.
struct KnownLayerDamaged: Error {}
