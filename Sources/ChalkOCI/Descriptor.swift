/// Media type, digest and size of a blob (OCI image-spec, descriptor.md).
public struct Descriptor: Hashable, Sendable {
    /// What the blob is.
    public var mediaType: MediaType
    /// The blob's name.
    public var digest: Digest
    /// Bytes, as stored.
    public var size: Int64
    /// The platform, in an index.
    public var platform: Platform?
    /// Free words; sorted when written.
    public var annotations: [String: String]
    /// What an artifact is, in a list of referrers.
    public var artifactType: String?

    /// A descriptor from its parts.
    public init(
        mediaType: MediaType, digest: Digest, size: Int64, platform: Platform? = nil,
        annotations: [String: String] = [:], artifactType: String? = nil
    ) {
        self.mediaType = mediaType
        self.digest = digest
        self.size = size
        self.platform = platform
        self.annotations = annotations
        self.artifactType = artifactType
    }

    /// A descriptor read from JSON.
    package init(json: JSON, at path: String) throws(OCIError) {
        guard let type = json["mediaType"]?.string else {
            throw OCIError(.invalidDocument, "\(path).mediaType is missing")
        }
        guard let text = json["digest"]?.string, let digest = Digest(text) else {
            throw OCIError(.invalidDocument, "\(path).digest is not a sha256 digest")
        }
        guard let size = json["size"]?.integer, size >= 0 else {
            throw OCIError(.invalidDocument, "\(path).size is not a number of bytes")
        }
        self.init(mediaType: MediaType(type), digest: digest, size: size)
        annotations = json["annotations"]?.stringMap ?? [:]
        artifactType = json["artifactType"]?.string
        if let platform = json["platform"], let os = platform["os"]?.string,
            let architecture = platform["architecture"]?.string
        {
            self.platform = Platform(
                os: os, architecture: architecture, variant: platform["variant"]?.string)
        }
    }

    /// The descriptor as JSON.
    package var json: JSON {
        .object(present: [
            ("mediaType", .string(mediaType.name)), ("digest", .string(digest.description)),
            ("size", .integer(size)), ("platform", platform?.json),
            ("annotations", annotations.isEmpty ? nil : .stringMap(annotations)),
            ("artifactType", artifactType.map { .string($0) }),
        ])
    }
}

extension Platform {
    var json: JSON {
        .object(present: [
            ("architecture", .string(architecture)), ("os", .string(os)),
            ("variant", variant.map { .string($0) }),
        ])
    }
}
