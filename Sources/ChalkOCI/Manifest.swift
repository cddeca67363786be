/// Config and layers of one image (OCI image-spec, manifest.md).
public struct Manifest: Hashable, Sendable {
    /// `.manifest` or Docker's.
    public var mediaType: MediaType
    /// What the manifest is about where it is no image.
    public var artifactType: String?
    /// The config blob; its digest is the image ID.
    public var config: Descriptor
    /// From the bottom up.
    public var layers: [Descriptor]
    /// The manifest that this one refers to.
    public var subject: Descriptor?
    /// Free words; sorted when written.
    public var annotations: [String: String]

    /// A manifest from its parts.
    public init(
        mediaType: MediaType = .manifest, artifactType: String? = nil, config: Descriptor,
        layers: [Descriptor], subject: Descriptor? = nil, annotations: [String: String] = [:]
    ) {
        self.mediaType = mediaType
        self.artifactType = artifactType
        self.config = config
        self.layers = layers
        self.subject = subject
        self.annotations = annotations
    }

    /// A manifest read from its bytes.
    package init(parsing bytes: [UInt8]) throws(OCIError) {
        let json = try JSON.parse(bytes)
        guard json["schemaVersion"]?.integer == 2 else {
            throw OCIError(.invalidDocument, "the manifest's schemaVersion is not 2")
        }
        guard let config = json["config"], let layers = json["layers"]?.array else {
            throw OCIError(.invalidDocument, "the manifest has no config or no layers")
        }
        let type = json["mediaType"]?.string.map { MediaType($0) } ?? .manifest
        guard type.isManifest else {
            throw OCIError(.invalidDocument, "the document is a \(type), not an image manifest")
        }
        var list: [Descriptor] = []
        for (index, layer) in layers.enumerated() {
            list.append(try Descriptor(json: layer, at: "layers[\(index)]"))
        }
        self.init(
            mediaType: type, artifactType: json["artifactType"]?.string,
            config: try Descriptor(json: config, at: "config"), layers: list,
            subject: try json["subject"].map { json throws(OCIError) in
                try Descriptor(json: json, at: "subject")
            },
            annotations: json["annotations"]?.stringMap ?? [:])
    }

    /// The canonical bytes, whose digest names the image.
    package func encoded() -> [UInt8] {
        JSON.object(present: [
            ("schemaVersion", .integer(2)), ("mediaType", .string(mediaType.name)),
            ("artifactType", artifactType.map { .string($0) }), ("config", config.json),
            ("layers", .array(layers.map(\.json))), ("subject", subject?.json),
            ("annotations", annotations.isEmpty ? nil : .stringMap(annotations)),
        ]).canonical()
    }
}
