internal import ChalkOCI

/// The ledger as bytes: a magic line, the diffID, whether there is an ending and which, the number of rows, and each
/// row's fields in their order, numbers as LEB128. Whoever keeps it sees to it that damage is noticed.
extension SegmentLedger {
    private static let magic = Array("chalk-image ledger 3\n".utf8)

    /// The ledger as bytes.
    package var bytes: [UInt8] {
        var writer = PackedWriter(bytes: Self.magic + diffID.digest.bytes)
        writer.put(ending == nil ? 0 : 1)
        if let ending {
            writer.bytes += ending.plainID.digest.bytes + ending.tableDigest.bytes
            writer.put(UInt64(ending.length))
            writer.put(UInt64(ending.uncompressedSize))
        }
        writer.put(UInt64(rows.count))
        for row in rows { row.write(to: &writer) }
        return writer.bytes
    }

    /// A ledger from its bytes.
    ///
    /// - Throws: ``ArchiveError/Code/invalidIndex`` for other bytes.
    package init(bytes: [UInt8]) throws(ArchiveError) {
        guard bytes.starts(with: Self.magic) else {
            throw ArchiveError(.invalidIndex, "the bytes are no ledger of version 3")
        }
        var reader = PackedReader(rest: bytes.dropFirst(Self.magic.count))
        let diffID = DiffID(try reader.digest())
        var ending: Ending?
        if try reader.number() != 0 {
            let (plain, table) = (try reader.digest(), try reader.digest())
            ending = Ending(
                tableDigest: table, length: try reader.length(), uncompressedSize: try reader.length(),
                plainID: DiffID(plain))
        }
        var rows: [Row] = []
        for _ in 0..<(try reader.count()) { rows.append(try Row(&reader)) }
        try reader.finish()
        self.init(diffID: diffID, rows: rows, ending: ending)
    }
}

extension SegmentLedger.Row {
    fileprivate func write(to writer: inout PackedWriter) {
        writer.put(UInt64(size))
        writer.put(UInt64(parts))
        writer.put(UInt64(length))
        writer.bytes += identity.bytes + state + mark.bytes + blobState
        writer.put(UInt64(chunks.count))
        for chunk in chunks {
            writer.put(UInt64(chunk.place.lowerBound))
            writer.put(UInt64(chunk.place.count))
            writer.put(UInt64(chunk.offset))
            writer.bytes += chunk.digest.bytes
        }
        writer.put(UInt64(file.count))
        writer.bytes += file
    }

    fileprivate init(_ reader: inout PackedReader) throws(ArchiveError) {
        let (size, parts, length) = (try reader.word(), try reader.word(), try reader.word())
        self.init(
            size: Int(size), parts: Int(parts),
            identity: Fingerprint(bytes: try reader.bytes(Fingerprint.size)),
            state: Array(try reader.bytes(SHA256Hasher.stateSize)), length: Int(length),
            mark: Fingerprint(bytes: try reader.bytes(Fingerprint.size)),
            blobState: Array(try reader.bytes(SHA256Hasher.stateSize)))
        for _ in 0..<(try reader.count()) {
            let (start, count) = (Int(try reader.word()), Int(try reader.word()))
            let offset = Int(try reader.word())
            chunks.append(Chunk(place: start..<start + count, offset: offset, digest: try reader.digest()))
        }
        file = Array(try reader.bytes(reader.count()))
    }
}

extension PackedReader {
    fileprivate mutating func digest() throws(ArchiveError) -> Digest { Digest(bytes: try bytes(32)) }
}
