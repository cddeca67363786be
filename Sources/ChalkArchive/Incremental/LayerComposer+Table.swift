internal import ChalkOCI
internal import ChalkSystem

/// The end of an eStargz layer.
extension LayerComposer {
    /// What the diffID is, or would be without a table of contents.
    ///
    /// - Parameter hasher: has taken in all segments.
    func plainID(_ hasher: SHA256Hasher) -> DiffID {
        var hasher = hasher
        if compression.hasTable { hasher.update([UInt8](repeating: 0, count: TarHeader.endSize)) }
        return DiffID(hasher.finish())
    }

    /// Writes table of contents and footer.
    ///
    /// - Parameters:
    ///   - rows: of all segments.
    ///   - size: bytes of tar so far.
    ///   - hasher: of the diffID; takes in what is added.
    func end(
        _ rows: [SegmentLedger.Row], _ size: Int64, level: Int, _ plainID: DiffID,
        _ hasher: inout SHA256Hasher, _ sink: any LayerSink, _ cost: inout LayerCost
    ) throws -> SegmentLedger.Ending {
        let offset = rows.reduce(0) { $0 + Int64($1.length) }
        var digest = hasher
        var written = cost.written
        let ending = try table(rows).end(at: offset, level: level) {
            digest.update($0)
        } encoded: { bytes in
            try written.measure(bytes.count) { try sink.write(bytes) }
        }
        hasher = digest
        cost.written = written
        return SegmentLedger.Ending(
            tableDigest: ending.tableDigest, length: ending.length,
            uncompressedSize: size + ending.size, plainID: plainID)
    }

    private func table(_ rows: [SegmentLedger.Row]) throws -> TableOfContents {
        var table = TableOfContents()
        var start: Int64 = 0
        var pieces: [BlobChunk] = []
        for (segment, row) in zip(schedule.segments, rows) {
            var chunks = row.chunks.map { $0.inBlob(start) }[...]
            start += Int64(row.length)
            switch segment.content {
            case .landmark: table.add(Estargz.landmark, chunk: chunks.first)
            case .entries(let entries):
                for index in entries where list.size(index) <= schedule.rule.largeFile {
                    let entry = try list.entry(index)
                    table.add(entry, chunk: entry.contentSize > 0 ? chunks.popFirst() : nil)
                }
            case .piece(let index, let range):
                pieces += chunks
                if range.upperBound == list.size(index) {
                    try table.add(list.entry(index), chunks: pieces, digest: Digest(bytes: row.file))
                    pieces = []
                }
            }
        }
        return table
    }
}
