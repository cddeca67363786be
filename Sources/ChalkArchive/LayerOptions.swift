package import ChalkOCI

/// How a layer's tar is compressed.
package enum LayerCompression: Hashable, Sendable {
    /// gzip, level 0 to 9.
    case gzip(level: Int)
    /// gzip, level 0 to 9, in the form of eStargz: docs/decisions/0007-estargz.md.
    case estargz(level: Int)
    /// zstd, level 1 to 19.
    case zstd(level: Int)
    /// The tar as it is.
    case none

    /// gzip at its default level: docs/decisions/0005-gzip-level.md.
    package static let defaultGzip = LayerCompression.gzip(level: 5)
    /// zstd at its default level.
    package static let defaultZstd = LayerCompression.zstd(level: 3)

    /// What a blob with this compression is.
    package var mediaType: MediaType {
        switch self {
        case .gzip, .estargz: .layerGzip
        case .zstd: .layerZstd
        case .none: .layer
        }
    }

    /// Whether a layer has a table of contents, and a landmark before its entries.
    var hasTable: Bool {
        if case .estargz = self { true } else { false }
    }

    /// Where a layer with this compression is cut.
    var rule: SegmentPlan.Rule {
        switch self {
        case .gzip, .none: .standard
        case .estargz: .chunks
        case .zstd: .wide
        }
    }

    /// An encoder for single segments; nil when there is nothing to encode.
    func makeEncoder() throws -> (any SegmentEncoder)? {
        switch self {
        case .gzip(let level): try GzipEncoder(level: level)
        case .estargz(let level): try ChunkedGzipEncoder(level: level)
        case .zstd(let level): try ZstdEncoder(level: level)
        case .none: nil
        }
    }
}

/// How a layer is written. Whatever moves its bytes is ``compression``; the rest is for the caller's knowledge.
package struct LayerOptions: Sendable {
    /// How the tar is compressed.
    package var compression: LayerCompression
    /// Whether ``LayerWriter/add(_:content:)`` returns the digest of each file's content.
    package var digestsContent: Bool

    /// Options; gzip at the default level when nothing else is said.
    package init(compression: LayerCompression = .defaultGzip, digestsContent: Bool = false) {
        self.compression = compression
        self.digestsContent = digestsContent
    }
}

/// What a finished layer is.
package struct LayerSummary: Hashable, Sendable {
    /// Digest of the uncompressed tar.
    package let diffID: DiffID
    /// Bytes of the uncompressed tar.
    package let uncompressedSize: Int64
    /// Bytes that went to the sink.
    package let compressedSize: Int64
    /// Entries, whiteouts included, those of the eStargz format not.
    package let entryCount: Int
    /// Pieces that were compressed on their own; the table of contents is none.
    package let segmentCount: Int
    /// Of an eStargz layer: what its descriptor says.
    package let estargz: EstargzNote?
}
