internal import ChalkOCI
internal import ChalkSystem

/// The blob of a layer that is composed: known segments are taken from their blob, the others written as they come.
struct SegmentOutput: @unchecked Sendable {
    // The sink is a class that need not be Sendable, and so are encoder and hasher, which nobody else has. All
    // are reached through the mutex around this value alone while a layer is made; the sink's owner touches it
    // only before the first segment and after the pipeline was drained or failed.
    private let sink: any LayerSink
    private let known: KnownLayer?
    private let order: LayerComposer
    private let hasher: FingerprintHasher
    private var encoder: (any SegmentEncoder)?
    private var alignment: Alignment
    private var hasBegun = false
    private var notes: [Int: ComposedSegments.WriteNote] = [:]
    /// Of an eStargz layer: the digest of the large file whose piece came last.
    private var file: SHA256Hasher?
    private var cost = LayerCost()

    /// What was written.
    struct Result {
        let notes: [Int: ComposedSegments.WriteNote]
        let cost: LayerCost
    }

    init(_ sink: any LayerSink, _ known: KnownLayer?, _ order: LayerComposer) throws {
        self.sink = sink
        self.known = known
        self.order = order
        hasher = try order.makeHasher()
        alignment = Alignment(known: known != nil)
    }

    mutating func write(_ product: ComposedSegments.Product) throws {
        if alignment.take(product.number, row: product.row) { return }
        try begin()
        if let row = product.row, let known, order.compression != .none {
            if let bytes = try cost.copied.measure(
                known.ledger.rows[row].length, { try known.encoded(row, hasher) })
            {
                let copied = EncodedSegment(bytes: bytes, chunks: known.ledger.rows[row].chunks)
                return try put(copied, of: product, known.ledger.rows[row].mark)
            }
            if encoder == nil { encoder = try order.makeEncoder() }
            let encoded = try order.encode(product.raw, product.places, encoder, &cost)
            return try put(encoded, of: product, hasher.fingerprint(of: encoded.bytes))
        }
        if product.row != nil {
            return try put(EncodedSegment(bytes: product.raw), of: product, product.identity)
        }
        try put(product.encoded, of: product, product.mark)
    }

    mutating func finish(_ whole: Alignment) throws -> Result {
        alignment = whole
        if alignment.isBroken { try begin() }
        return Result(notes: notes, cost: cost)
    }

    private mutating func put(
        _ encoded: EncodedSegment, of product: ComposedSegments.Product, _ mark: Fingerprint
    ) throws {
        try cost.written.measure(encoded.bytes.count) { try sink.write(encoded.bytes) }
        let file = try order.compression.hasTable ? digested(product) : []
        notes[product.number] = ComposedSegments.WriteNote(
            length: encoded.bytes.count, mark: mark, blobState: sink.digestState, chunks: encoded.chunks,
            file: file)
    }

    /// Takes a piece of a large file into the file's digest: gives the state after it, of the last the digest.
    private mutating func digested(_ product: ComposedSegments.Product) throws -> [UInt8] {
        guard case .piece(let entry, let range) = order.schedule.segments[product.number].content else {
            return []
        }
        var hasher = try resumed(product.number, at: range.lowerBound)
        cost.hashed.measure(range.count) { hasher.update(product.raw[..<range.count]) }
        file = hasher
        return range.upperBound == order.list.size(entry) ? hasher.finish().bytes : hasher.state
    }

    private func resumed(_ number: Int, at position: Int64) throws -> SHA256Hasher {
        if position == 0 { return SHA256Hasher() }
        // The pieces before are the known layer's unless one of them was taken in here.
        if let hasher = file
            ?? known.flatMap({
                SHA256Hasher(state: $0.ledger.rows[number - 1].file, after: position)
            })
        {
            return hasher
        }
        throw KnownLayerDamaged()
    }

    private mutating func begin() throws {
        if hasBegun { return }
        hasBegun = true
        guard let known, alignment.count > 0 else { return }
        let size = Int(known.ledger.offsets[alignment.count])
        let isGood = try cost.copied.measure(size) {
            try known.copyHead(before: alignment.count, to: sink, hasher)
        }
        if !isGood { throw KnownLayerDamaged() }
        cost.written.bytes += Int64(size)
    }
}
