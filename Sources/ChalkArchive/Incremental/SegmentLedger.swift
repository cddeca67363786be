package import ChalkOCI

/// What is known of a layer's segments once it was made: enough to make the next one from the first change on.
///
/// A ledger belongs to a blob. It is worth nothing without it, and nothing is lost without a ledger.
package struct SegmentLedger: Hashable, Sendable {
    /// One segment.
    struct Row: Hashable, Sendable {
        /// Bytes of tar.
        let size: Int
        /// Numbers of the layer's table that belong to it.
        let parts: Int
        /// Of its bytes of tar.
        let identity: Fingerprint
        /// State of the diffID's digest after it.
        let state: [UInt8]
        /// Bytes of the blob.
        let length: Int
        /// Of its bytes of the blob.
        let mark: Fingerprint
        /// State of the blob's digest after it, but for bytes that fill no block.
        let blobState: [UInt8]
    }

    /// The layer.
    package let diffID: DiffID
    let rows: [Row]
    /// Where each segment starts in the blob, and the blob's end.
    let offsets: [Int64]
    /// Where each segment starts in the tar, and the tar's end.
    let starts: [Int64]
    /// Where each segment's numbers start in the table, and their end.
    let partStarts: [Int]

    init(diffID: DiffID, rows: [Row]) {
        self.diffID = diffID
        self.rows = rows
        var (offset, start, part): (Int64, Int64, Int) = (0, 0, 0)
        var (offsets, starts, partStarts): ([Int64], [Int64], [Int]) = ([0], [0], [0])
        for row in rows {
            offset &+= Int64(row.length)
            start &+= Int64(row.size)
            part &+= row.parts
            offsets.append(offset)
            starts.append(start)
            partStarts.append(part)
        }
        self.offsets = offsets
        self.starts = starts
        self.partStarts = partStarts
    }

    /// Number of segments.
    package var count: Int { rows.count }

    /// Bytes of the blob.
    package var blobSize: Int64 { offsets.last ?? 0 }

    /// Numbers in the layer's table.
    var parts: Int { partStarts.last ?? 0 }

    /// The part of a file that belongs to a segment: where in the blob.
    func range(_ row: Int) -> Range<Int64> { offsets[row]..<offsets[row + 1] }
}

/// The ledger as bytes: a magic line, the diffID, the number of rows, and each row's fields in their order,
/// numbers as LEB128. Whoever keeps it sees to it that damage is noticed.
extension SegmentLedger {
    private static let magic = Array("chalk-image ledger 1\n".utf8)

    /// The ledger as bytes.
    package var bytes: [UInt8] {
        var writer = PackedWriter(bytes: Self.magic + Array(diffID.digest.hex.utf8))
        writer.put(UInt64(rows.count))
        for row in rows {
            writer.put(UInt64(row.size))
            writer.put(UInt64(row.parts))
            writer.put(UInt64(row.length))
            writer.bytes += row.identity.bytes + row.state + row.mark.bytes + row.blobState
        }
        return writer.bytes
    }

    /// A ledger from its bytes.
    ///
    /// - Throws: ``ArchiveError/Code/invalidIndex`` for other bytes.
    package init(bytes: [UInt8]) throws(ArchiveError) {
        guard bytes.starts(with: Self.magic) else {
            throw ArchiveError(.invalidIndex, "the bytes are no ledger of version 1")
        }
        var reader = PackedReader(rest: bytes.dropFirst(Self.magic.count))
        guard let digest = Digest(hex: String(decoding: try reader.bytes(64), as: UTF8.self)) else {
            throw ArchiveError(.invalidIndex, "the ledger names no layer")
        }
        var rows: [Row] = []
        for _ in 0..<(try reader.count()) {
            let (size, parts, length) = (try reader.word(), try reader.word(), try reader.word())
            rows.append(
                Row(
                    size: Int(size), parts: Int(parts),
                    identity: Fingerprint(bytes: try reader.bytes(Fingerprint.size)),
                    state: Array(try reader.bytes(SHA256Hasher.stateSize)), length: Int(length),
                    mark: Fingerprint(bytes: try reader.bytes(Fingerprint.size)),
                    blobState: Array(try reader.bytes(SHA256Hasher.stateSize))))
        }
        try reader.finish()
        self.init(diffID: DiffID(digest), rows: rows)
    }
}
