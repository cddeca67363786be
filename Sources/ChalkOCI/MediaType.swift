/// What a blob is, in the words of the OCI image-spec (media-types.md) or Docker's older ones.
public struct MediaType: Hashable, Sendable, CustomStringConvertible {
    /// The media type as it stands in documents and headers.
    public let name: String

    /// A media type from its name.
    public init(_ name: String) { self.name = name }

    public static let index = MediaType("application/vnd.oci.image.index.v1+json")
    public static let manifest = MediaType("application/vnd.oci.image.manifest.v1+json")
    public static let config = MediaType("application/vnd.oci.image.config.v1+json")
    public static let layer = MediaType("application/vnd.oci.image.layer.v1.tar")
    public static let layerGzip = MediaType("application/vnd.oci.image.layer.v1.tar+gzip")
    public static let layerZstd = MediaType("application/vnd.oci.image.layer.v1.tar+zstd")
    public static let dockerIndex = MediaType("application/vnd.docker.distribution.manifest.list.v2+json")
    public static let dockerManifest = MediaType("application/vnd.docker.distribution.manifest.v2+json")
    public static let dockerConfig = MediaType("application/vnd.docker.container.image.v1+json")
    public static let dockerLayerGzip = MediaType("application/vnd.docker.image.rootfs.diff.tar.gzip")
    public static let dockerLayer = MediaType("application/vnd.docker.image.rootfs.diff.tar")

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
