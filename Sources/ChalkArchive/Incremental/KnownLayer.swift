package import ChalkOCI
package import ChalkSystem

/// A layer that was made before, with its blob: what of it is still the same need not be made again.
package final class KnownLayer: Sendable {
    let ledger: SegmentLedger
    /// The numbers of its table.
    let sums: [UInt16]
    private let blob: FileDescriptor

    /// A known layer.
    ///
    /// - Parameters:
    ///   - ledger: of the blob, as bytes.
    ///   - table: of the layer, as bytes.
    ///   - blob: open for reading.
    /// - Returns: nil when the three do not fit together.
    package init?(ledger: [UInt8], table: (DiffID) -> [UInt8]?, blob: consuming FileDescriptor) {
        guard let ledger = try? SegmentLedger(bytes: ledger), let size = try? blob.status().size,
            size == ledger.blobSize, let bytes = table(ledger.diffID),
            let sums = try? LayerTable.sums(of: bytes), sums.count == ledger.parts
        else { return nil }
        self.ledger = ledger
        self.sums = sums
        self.blob = blob
    }

    /// The layer.
    package var diffID: DiffID { ledger.diffID }

    /// The bytes of a segment in the blob; nil when they are not what they were.
    func encoded(_ row: Int, _ hasher: FingerprintHasher) throws(SystemError) -> [UInt8]? {
        let known = ledger.rows[row]
        var bytes = [UInt8](repeating: 0, count: known.length)
        var done = 0
        while done < bytes.count {
            let got = try blob.read(
                into: &bytes, offset: done, count: bytes.count - done, at: ledger.offsets[row] + Int64(done))
            if got == 0 { return nil }
            done += got
        }
        let mark = hasher.fingerprint(of: bytes)
        return mark == known.mark && mark != .none ? bytes : nil
    }

    /// The numbers of the table that belong to a segment.
    func sums(_ row: Int) -> ArraySlice<UInt16> {
        sums[ledger.partStarts[row]..<ledger.partStarts[row + 1]]
    }

    /// The state of the diffID's digest before a segment.
    func digest(before row: Int) -> SHA256Hasher? {
        row == 0 ? SHA256Hasher() : SHA256Hasher(state: ledger.rows[row - 1].state, after: ledger.starts[row])
    }

    /// Starts a blob with what comes before a segment in this one; false when that is not what it was.
    func copyHead(before row: Int, to sink: any LayerSink, _ hasher: FingerprintHasher) throws -> Bool {
        if row == 0 { return true }
        let end = ledger.offsets[row]
        let whole = end / SHA256Hasher.blockSize * SHA256Hasher.blockSize
        // The bytes that fill no block.
        var rest: [UInt8] = []
        for index in 0..<row {
            guard let bytes = try encoded(index, hasher) else { return false }
            let start = max(whole - ledger.offsets[index], 0)
            if start < bytes.count { rest += bytes[Int(start)...] }
        }
        guard
            var digest = SHA256Hasher(state: ledger.rows[row - 1].blobState, after: whole)
        else { return false }
        digest.update(rest)
        try sink.begin(with: end, of: blob, digest: digest)
        return true
    }
}

/// Where the blob of a layer goes that is made onto a known one.
package protocol LayerSink: ByteSink {
    /// Starts with the first bytes of a file; `digest` has taken them in.
    func begin(with count: Int64, of file: borrowing FileDescriptor, digest: SHA256Hasher) throws

    /// The state of the digest over all bytes so far (``SHA256Hasher/state``).
    var digestState: [UInt8] { get }
}
