internal import ChalkOCI

/// The table of contents of an eStargz layer: where each file lies in the blob, and what it is.
///
/// It is kept as packed text, so that memory is some sixty bytes for each file.
struct TableOfContents {
    private static let start = Array(#"{"version":1,"entries":["#.utf8)
    private static let end = Array("]}".utf8)
    private var rows = PackedText()

    /// Adds the next entry of the layer's tar.
    ///
    /// - Parameters:
    ///   - chunks: all of a file's; none for what has no content.
    ///   - digest: of a file's content.
    mutating func add(_ entry: LayerEntry, chunks: [BlobChunk] = [], digest: Digest? = nil) {
        append(TableRow(entry, chunks: chunks, digest: digest))
        var position: Int64 = 0
        for (number, chunk) in chunks.enumerated() {
            if number > 0 {
                append(TableRow(chunk, of: entry, at: position, isLast: number == chunks.count - 1))
            }
            position += chunk.size
        }
    }

    /// The same for an entry whose content, if any, is one chunk.
    mutating func add(_ entry: LayerEntry, chunk: BlobChunk?) {
        var digest = chunk?.digest
        if case .file(0) = entry.kind { digest = Self.digestOfNothing }
        add(entry, chunks: chunk.map { [$0] } ?? [], digest: digest)
    }

    private static let digestOfNothing = Digest.of([])

    private mutating func append(_ row: TableRow) {
        rows.append((rows.count > 0 ? [UInt8(ascii: ",")] : []) + row.text)
    }

    /// What ends a layer: entry and member of the table, and the footer.
    struct Ending: Hashable {
        let tableDigest: Digest
        /// Bytes of tar.
        let size: Int64
        /// Bytes of the blob.
        let length: Int64
    }

    /// Ends a layer.
    ///
    /// - Parameters:
    ///   - offset: bytes of the blob so far.
    ///   - raw: takes bytes of tar.
    ///   - encoded: takes bytes of the blob.
    func end(
        at offset: Int64, level: Int, raw: ([UInt8]) -> Void, encoded: ([UInt8]) throws -> Void
    ) throws -> Ending {
        let count = Int64(Self.start.count) + rows.count + Int64(Self.end.count)
        let member = try GzipMember(level: level)
        var hasher = SHA256Hasher()
        var size: Int64 = 0
        var length: Int64 = 0
        func put(_ bytes: [UInt8], isLast: Bool = false) throws {
            raw(bytes)
            size += Int64(bytes.count)
            let packed = try member.add(bytes, isLast: isLast)
            length += Int64(packed.count)
            try encoded(packed)
        }
        func putText(_ bytes: [UInt8]) throws {
            hasher.update(bytes)
            try put(bytes)
        }
        try put(TarHeader.bytes(for: Estargz.table(size: count)))
        try putText(Self.start)
        try rows.forEach { try putText($0) }
        try putText(Self.end)
        let zeros = TarHeader.padding(after: count) + TarHeader.endSize
        try put([UInt8](repeating: 0, count: zeros), isLast: true)
        let footer = Estargz.footer(tableOffset: offset)
        try encoded(footer)
        return Ending(tableDigest: hasher.finish(), size: size, length: length + Int64(footer.count))
    }
}
