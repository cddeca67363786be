/// Text that is kept, made small, until its length is known.
struct PackedText {
    private static let piece = 256 << 10
    private var packed: [(bytes: [UInt8], count: Int)] = []
    private var open: [UInt8] = []
    /// Bytes of the text.
    private(set) var count: Int64 = 0

    /// Adds to the end.
    mutating func append(_ text: [UInt8]) {
        open += text
        count += Int64(text.count)
        if open.count >= Self.piece {
            packed.append((Deflated.deflate(open, level: 1), open.count))
            open.removeAll(keepingCapacity: true)
        }
    }

    /// Gives the text from its start, in pieces.
    func forEach(_ body: ([UInt8]) throws -> Void) throws {
        for piece in packed {
            guard let text = Deflated.inflate(piece.bytes[...], count: piece.count) else {
                throw ArchiveError(.system, "zlib could not read what it wrote: the memory is damaged")
            }
            try body(text)
        }
        if !open.isEmpty { try body(open) }
    }
}
