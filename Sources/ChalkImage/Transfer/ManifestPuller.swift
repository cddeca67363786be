internal import ChalkOCI
internal import ChalkRegistry
internal import ChalkStore
internal import ChalkSystem

/// Fetches an image's manifest and config; where its layers are is noted, the layers stay there.
struct ManifestPuller {
    let client: RegistryClient

    /// What a registry says of an image, checked.
    struct Documents {
        let reference: Reference
        /// What the reference stands for: the image, or the index that it was taken from.
        let root: Descriptor
        let image: ImageStore.Stored
        let manifestBytes: [UInt8]
        let configBytes: [UInt8]
    }

    /// Fetches both documents of the image for a platform.
    func fetch(_ reference: Reference, platform: Platform) throws -> Documents {
        var (descriptor, bytes) = try client.manifest(reference)
        let root = descriptor
        if descriptor.mediaType.isIndex {
            guard let entry = try Index(parsing: bytes).manifest(for: platform) else {
                throw ChalkError(.notFound, "\(reference) has no image for \(platform)")
            }
            let exact = Reference(
                registry: reference.registry, repository: reference.repository, tag: nil, digest: entry.digest
            )
            (descriptor, bytes) = try client.manifest(exact)
        }
        let manifest = try Manifest(parsing: bytes)
        guard manifest.config.size <= ContentStore.documentLimit else {
            throw ChalkError(
                .failed, "the config of \(reference) has \(manifest.config.size) bytes, more than 4 MiB")
        }
        let sink = MemorySink()
        try client.blob(manifest.config.digest, size: manifest.config.size, from: reference, into: sink)
        let config = try ImageConfig(parsing: sink.bytes)
        guard config.diffIDs.count == manifest.layers.count else {
            throw ChalkError(
                .failed,
                "\(reference) cannot be used: its manifest has \(manifest.layers.count) layers and its config \(config.diffIDs.count)"
            )
        }
        guard platform.accepts(config.platform) else {
            throw ChalkError(
                .notFound,
                "\(reference) is an image for \(config.platform), not for \(platform); choose another with --platform"
            )
        }
        return Documents(
            reference: reference, root: root,
            image: ImageStore.Stored(
                descriptor: Descriptor(
                    mediaType: descriptor.mediaType, digest: descriptor.digest, size: Int64(bytes.count)),
                manifest: manifest, config: config),
            manifestBytes: bytes, configBytes: sink.bytes)
    }

    /// Keeps the documents and notes where the layers are. No name is set.
    static func keep(_ documents: Documents, in store: ContentStore) throws {
        for layer in documents.image.manifest.layers {
            try store.remoteSources.put(
                RemoteSource(
                    registry: documents.reference.registry, repository: documents.reference.repository,
                    mediaType: layer.mediaType, size: layer.size), for: layer.digest)
        }
        try store.put(documents.configBytes, .deferred)
        try store.put(documents.manifestBytes, .deferred)
    }
}
