internal import ChalkOCI

/// Content that can be taken out of a blob on its own: a small file's, or a piece of a large one's.
struct Chunk: Hashable, Sendable {
    /// Where it lies in its segment's bytes of tar.
    let place: Range<Int>
    /// Where its gzip member starts in its segment's bytes of the blob.
    let offset: Int
    /// Digest of it.
    let digest: Digest

    /// The chunk of a segment that starts at `start` in the blob.
    func inBlob(_ start: Int64) -> BlobChunk {
        BlobChunk(offset: start + Int64(offset), size: Int64(place.count), digest: digest)
    }
}

/// A chunk and where its gzip member starts in the blob.
struct BlobChunk: Hashable, Sendable {
    let offset: Int64
    /// Bytes of content.
    let size: Int64
    let digest: Digest
}

/// What a segment was compressed to.
struct EncodedSegment: Sendable {
    var bytes: [UInt8] = []
    /// What can be read on its own; empty but in eStargz layers.
    var chunks: [Chunk] = []
}
