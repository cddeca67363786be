package import ChalkOCI

/// A layer that ``LayerComposer`` made or recognised.
package struct ComposedLayer<Sink: LayerSink> {
    /// Digest of the uncompressed tar; of an eStargz layer of which no blob was wanted, that of what comes before
    /// its table of contents.
    package let diffID: DiffID
    /// What the step is keyed by. The diffID, or for an eStargz layer what it would be without the table of
    /// contents: that depends on compressed sizes, so the diffID is known only when all was compressed.
    package let plainID: DiffID
    /// Whether it is the known layer, so that there is no new blob.
    package let isKnown: Bool
    /// Where the new blob went.
    package let sink: Sink?
    /// What to keep for the next time, beside the blob; nil where no blob was wanted.
    package let ledger: SegmentLedger?
    /// What the layer holds.
    package let table: LayerTable
    /// What the files look like, for a ``Sighting``.
    package let fingerprints: [Fingerprint]
    /// Bytes of the uncompressed tar.
    package let uncompressedSize: Int64
    /// What it took.
    package let cost: LayerCost

    /// Of an eStargz layer: what its descriptor says.
    package var estargz: EstargzNote? {
        ledger?.ending.map {
            EstargzNote(tableDigest: $0.tableDigest, uncompressedSize: $0.uncompressedSize)
        }
    }
}
