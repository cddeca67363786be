/// Manifests by platform, or the entries of a layout (OCI image-spec, image-index.md).
public struct Index: Hashable, Sendable {
    /// `.index` or Docker's manifest list.
    public var mediaType: MediaType
    /// What the index is about where it is no image.
    public var artifactType: String?
    /// In the order they have.
    public var manifests: [Descriptor]
    /// The manifest that this index refers to.
    public var subject: Descriptor?
    /// Free words; sorted when written.
    public var annotations: [String: String]

    /// An index from its parts.
    public init(
        mediaType: MediaType = .index, artifactType: String? = nil, manifests: [Descriptor],
        subject: Descriptor? = nil, annotations: [String: String] = [:]
    ) {
        self.mediaType = mediaType
        self.artifactType = artifactType
        self.manifests = manifests
        self.subject = subject
        self.annotations = annotations
    }

    /// An index read from its bytes.
    package init(parsing bytes: [UInt8]) throws(OCIError) {
        let json = try JSON.parse(bytes)
        guard json["schemaVersion"]?.integer == 2, let entries = json["manifests"]?.array else {
            throw OCIError(.invalidDocument, "the index has no manifests or its schemaVersion is not 2")
        }
        var list: [Descriptor] = []
        for (index, entry) in entries.enumerated() {
            list.append(try Descriptor(json: entry, at: "manifests[\(index)]"))
        }
        self.init(
            mediaType: json["mediaType"]?.string.map { MediaType($0) } ?? .index,
            artifactType: json["artifactType"]?.string, manifests: list,
            subject: try json["subject"].map { json throws(OCIError) in
                try Descriptor(json: json, at: "subject")
            },
            annotations: json["annotations"]?.stringMap ?? [:])
    }

    /// The canonical bytes.
    package func encoded() -> [UInt8] {
        JSON.object(present: [
            ("schemaVersion", .integer(2)), ("mediaType", .string(mediaType.name)),
            ("artifactType", artifactType.map { .string($0) }), ("manifests", .array(manifests.map(\.json))),
            ("subject", subject?.json),
            ("annotations", annotations.isEmpty ? nil : .stringMap(annotations)),
        ]).canonical()
    }

    /// The entry for a platform: the first whose platform fits, else the only one when it names none.
    package func manifest(for platform: Platform) -> Descriptor? {
        let images = manifests.filter { $0.mediaType.isManifest || $0.mediaType.isIndex }
        if let fit = images.first(where: { $0.platform.map(platform.accepts) ?? false }) { return fit }
        return images.count == 1 && images[0].platform == nil ? images[0] : nil
    }
}
