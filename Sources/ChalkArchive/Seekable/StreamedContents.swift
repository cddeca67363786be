internal import ChalkOCI

/// What a segment of a layer that is written as it comes holds, for the layer's table of contents.
enum ContentMark: Sendable {
    /// An entry, and where its content lies in the segment; nowhere for what has none, or is too large.
    case entry(LayerEntry, place: Range<Int>)
    /// A piece of the content of the large file before.
    case piece(place: Range<Int>, isLast: Bool)

    /// Where the content lies in the segment.
    var place: Range<Int> {
        switch self {
        case .entry(_, let place), .piece(let place, _): place
        }
    }
}

/// Writes the table of contents of a layer as its segments go to the blob, in their order.
struct StreamedContents {
    /// The table of what came so far.
    private(set) var table = TableOfContents()
    /// The large file whose pieces come.
    private var file: LargeFile?

    private struct LargeFile {
        let entry: LayerEntry
        var chunks: [BlobChunk] = []
        var hasher = SHA256Hasher()
    }

    /// Takes the segment that starts at an offset of the blob.
    mutating func add(_ product: StreamedSegments.Product, at start: Int64) {
        var chunks = product.encoded.chunks.map { $0.inBlob(start) }[...]
        for mark in product.job.marks {
            let chunk = mark.place.isEmpty ? nil : chunks.popFirst()
            switch mark {
            case .entry(let entry, _) where chunk == nil && entry.contentSize > 0:
                file = LargeFile(entry: entry)
            case .entry(let entry, _): table.add(entry, chunk: chunk)
            case .piece(let place, let isLast):
                guard var file, let chunk else { continue }
                file.chunks.append(chunk)
                file.hasher.update(product.job.raw[place])
                self.file = file
                if isLast { table.add(file.entry, chunks: file.chunks, digest: file.hasher.finish()) }
            }
        }
    }
}
