internal import ChalkOCI
internal import ChalkStore

/// What has to get into a repository for one image or index, in the order in which registries take it.
struct PushDocuments {
    /// A manifest or index.
    struct Document {
        let descriptor: Descriptor
        let bytes: [UInt8]
        /// Whether it refers to another manifest.
        let hasSubject: Bool

        init(_ bytes: [UInt8], _ mediaType: MediaType, hasSubject: Bool) {
            descriptor = Descriptor(mediaType: mediaType, digest: .of(bytes), size: Int64(bytes.count))
            self.bytes = bytes
            self.hasSubject = hasSubject
        }
    }

    /// The digest of the image or index itself.
    let root: Digest

    /// Layers and configs, each once, the largest first.
    private(set) var blobs: [Descriptor] = []
    /// What an index lists comes before it; the image or index itself is the last.
    private(set) var manifests: [Document] = []

    /// Most indexes within each other.
    private static let depthLimit = 8

    /// Reads the documents below a manifest or index of the store.
    init(_ root: Descriptor, in store: ContentStore) throws {
        self.root = root.digest
        var seen: Set<Digest> = []
        try add(root, in: store, &seen, depth: 0)
        blobs = blobs.uniqued().sorted { $0.size > $1.size }
    }

    private mutating func add(
        _ descriptor: Descriptor, in store: ContentStore, _ seen: inout Set<Digest>, depth: Int
    ) throws {
        guard seen.insert(descriptor.digest).inserted else { return }
        guard depth < Self.depthLimit else {
            throw ChalkError(
                .failed, "cannot push index \(descriptor.digest): it holds indexes in indexes in indexes")
        }
        let bytes = try store.read(descriptor.digest)
        var hasSubject = false
        if descriptor.mediaType.isIndex {
            let index = try Index(parsing: bytes)
            hasSubject = index.subject != nil
            for child in index.manifests {
                guard try store.contains(child) else {
                    throw ChalkError(
                        .notFound,
                        "cannot push index \(descriptor.digest): its image for \(child.platform?.description ?? child.digest.description) is not in the store; pull or import it with --all-platforms"
                    )
                }
                try add(child, in: store, &seen, depth: depth + 1)
            }
        } else {
            let manifest = try Manifest(parsing: bytes)
            blobs += manifest.layers + [manifest.config]
            hasSubject = manifest.subject != nil
        }
        manifests.append(Document(bytes, descriptor.mediaType, hasSubject: hasSubject))
    }
}
