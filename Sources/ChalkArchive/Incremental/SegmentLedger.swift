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
        /// In eStargz layers: what can be read on its own.
        var chunks: [Chunk] = []
        /// Of a piece of a file in such a layer: state of the file's digest after it; after the last, the digest.
        var file: [UInt8] = []
    }

    /// What follows the segments of an eStargz layer, and what the layer is known by.
    struct Ending: Hashable, Sendable {
        /// Digest of the table of contents.
        let tableDigest: Digest
        /// Bytes of the blob.
        let length: Int64
        /// Bytes of the whole uncompressed layer.
        let uncompressedSize: Int64
        /// What the diffID would be without the table.
        let plainID: DiffID
    }

    /// The layer.
    package let diffID: DiffID
    let rows: [Row]
    let ending: Ending?
    /// Where each segment starts in the blob, and the blob's end.
    let offsets: [Int64]
    /// Where each segment starts in the tar, and the tar's end.
    let starts: [Int64]
    /// Where each segment's numbers start in the table, and their end.
    let partStarts: [Int]

    init(diffID: DiffID, rows: [Row], ending: Ending? = nil) {
        self.diffID = diffID
        self.rows = rows
        self.ending = ending
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
    package var blobSize: Int64 { (offsets.last ?? 0) &+ (ending?.length ?? 0) }

    /// What the layer's step is keyed by: see ``ComposedLayer/plainID``.
    var plainID: DiffID { ending?.plainID ?? diffID }

    /// Numbers in the layer's table.
    var parts: Int { partStarts.last ?? 0 }

    /// The part of a file that belongs to a segment: where in the blob.
    func range(_ row: Int) -> Range<Int64> { offsets[row]..<offsets[row + 1] }
}
