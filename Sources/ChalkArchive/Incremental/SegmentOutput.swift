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
            if let bytes = try cost.copied.measure(known.ledger.rows[row].length, { try known.encoded(row, hasher) }) {
                return try put(bytes, product.number, known.ledger.rows[row].mark)
            }
            if encoder == nil { encoder = try order.makeEncoder() }
            let bytes = try order.encode(product.raw, encoder, &cost)
            return try put(bytes, product.number, hasher.fingerprint(of: bytes))
        }
        if product.row != nil { return try put(product.raw, product.number, product.identity) }
        try put(product.encoded, product.number, product.mark)
    }

    mutating func finish(_ whole: Alignment) throws -> Result {
        alignment = whole
        if alignment.isBroken { try begin() }
        return Result(notes: notes, cost: cost)
    }

    private mutating func put(_ bytes: [UInt8], _ number: Int, _ mark: Fingerprint) throws {
        try cost.written.measure(bytes.count) { try sink.write(bytes) }
        notes[number] = ComposedSegments.WriteNote(
            length: bytes.count, mark: mark, blobState: sink.digestState)
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
