internal import ChalkOCI
internal import ChalkRegistry
internal import ChalkStore

/// Fetches an index and the manifests of all its images, whatever they are for; where their blobs are is noted.
struct IndexPuller {
    let store: ContentStore
    let client: RegistryClient

    /// Most indexes within each other.
    private static let depthLimit = 8

    /// Takes the documents that a reference leads to into the store.
    ///
    /// - Returns: the index, or the manifest where the reference names just one image, and every blob.
    func take(_ reference: Reference) throws -> (Descriptor, blobs: [Descriptor]) {
        var blobs: [Descriptor] = []
        let root = try take(reference, &blobs, depth: 0)
        return (root, blobs)
    }

    private func take(
        _ reference: Reference, _ blobs: inout [Descriptor], depth: Int
    ) throws -> Descriptor {
        guard depth < Self.depthLimit else {
            throw ChalkError(.failed, "\(reference) cannot be used: it holds indexes in indexes in indexes")
        }
        let (descriptor, bytes) = try document(reference)
        if descriptor.mediaType.isIndex {
            for child in try Index(parsing: bytes).manifests {
                _ = try take(reference.with(child.digest), &blobs, depth: depth + 1)
            }
        } else {
            let manifest = try Manifest(parsing: bytes)
            for blob in manifest.layers + [manifest.config] {
                try store.remoteSources.put(
                    RemoteSource(
                        registry: reference.registry, repository: reference.repository,
                        mediaType: blob.mediaType, size: blob.size), for: blob.digest)
                blobs.append(blob)
            }
        }
        try store.put(bytes, .deferred)
        return descriptor
    }

    /// A document, from the store where it is there already.
    private func document(_ reference: Reference) throws -> (Descriptor, [UInt8]) {
        if let digest = reference.digest, try store.contains(digest) {
            let bytes = try store.read(digest)
            let type = try (try? Index(parsing: bytes).mediaType) ?? Manifest(parsing: bytes).mediaType
            return (Descriptor(mediaType: type, digest: digest, size: Int64(bytes.count)), bytes)
        }
        return try client.manifest(reference)
    }
}
