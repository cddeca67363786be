/// What a blob is, in the words of the OCI image-spec (media-types.md) or Docker's older ones.
public struct MediaType: Hashable, Sendable, CustomStringConvertible {
    /// The media type as it stands in documents and headers.
    public let name: String

    /// A media type from its name.
    public init(_ name: String) { self.name = name }

    /// Manifests by platform.
    public static let index = MediaType("application/vnd.oci.image.index.v1+json")
    /// One image.
    public static let manifest = MediaType("application/vnd.oci.image.manifest.v1+json")
    /// An image's config.
    public static let config = MediaType("application/vnd.oci.image.config.v1+json")
    /// A layer, not compressed.
    public static let layer = MediaType("application/vnd.oci.image.layer.v1.tar")
    /// A layer in gzip.
    public static let layerGzip = MediaType("application/vnd.oci.image.layer.v1.tar+gzip")
    /// A layer in zstd.
    public static let layerZstd = MediaType("application/vnd.oci.image.layer.v1.tar+zstd")
    /// Docker's manifest list.
    public static let dockerIndex = MediaType("application/vnd.docker.distribution.manifest.list.v2+json")
    /// Docker's image manifest.
    public static let dockerManifest = MediaType("application/vnd.docker.distribution.manifest.v2+json")
    /// Docker's image config.
    public static let dockerConfig = MediaType("application/vnd.docker.container.image.v1+json")
    /// Docker's layer in gzip.
    public static let dockerLayerGzip = MediaType("application/vnd.docker.image.rootfs.diff.tar.gzip")
    /// Docker's layer, not compressed.
    public static let dockerLayer = MediaType("application/vnd.docker.image.rootfs.diff.tar")

    /// The text form.
    public var description: String { name }

    /// Whether a document of this type lists manifests by platform.
    public var isIndex: Bool { self == .index || self == .dockerIndex }
    /// Whether a document of this type describes one image.
    public var isManifest: Bool { self == .manifest || self == .dockerManifest }
    /// Whether a blob of this type is a layer's tar, compressed or not.
    public var isLayer: Bool {
        [.layer, .layerGzip, .layerZstd, .dockerLayer, .dockerLayerGzip].contains(self)
    }

    /// The same layer type in OCI's words.
    package var asOCI: MediaType {
        switch self {
        case .dockerLayerGzip: .layerGzip
        case .dockerLayer: .layer
        case .dockerConfig: .config
        case .dockerManifest: .manifest
        case .dockerIndex: .index
        default: self
        }
    }
}
