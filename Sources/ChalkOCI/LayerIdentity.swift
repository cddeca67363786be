/// The digest of a layer's *uncompressed* tar (OCI image-spec, config.md#layer-diffid).
public struct DiffID: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The digest.
    public let digest: Digest

    /// A diffID from its digest.
    public init(_ digest: Digest) { self.digest = digest }

    /// The text form.
    public var description: String { digest.description }

    /// Byte order.
    public static func < (a: DiffID, b: DiffID) -> Bool { a.digest < b.digest }
}

/// The digest of a stack of diffIDs (OCI image-spec, config.md#layer-chainid).
public struct ChainID: Hashable, Sendable, CustomStringConvertible {
    /// The digest.
    public let digest: Digest

    /// A chainID from its digest.
    public init(_ digest: Digest) { self.digest = digest }

    /// The chainID of layers from the bottom up; nil for none.
    public init?(of layers: some Sequence<DiffID>) {
        var chain: ChainID?
        for layer in layers { chain = ChainID(layer, on: chain) }
        guard let chain else { return nil }
        self = chain
    }

    /// The chainID of one more layer on a stack.
    public init(_ layer: DiffID, on parent: ChainID?) {
        guard let parent else {
            self.init(layer.digest)
            return
        }
        self.init(Digest.of(Array("\(parent) \(layer)".utf8)))
    }

    /// The text form.
    public var description: String { digest.description }
}

/// The digest of a step's definition and inputs.
public struct CacheKey: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The digest.
    public let digest: Digest

    /// A key from its digest.
    public init(_ digest: Digest) { self.digest = digest }

    /// The text form.
    public var description: String { digest.description }

    /// Byte order.
    public static func < (a: CacheKey, b: CacheKey) -> Bool { a.digest < b.digest }
}
