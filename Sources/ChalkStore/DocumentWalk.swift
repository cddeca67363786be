internal import ChalkOCI

/// Follows documents from some roots to all blobs that they name: index, manifest, config, layer.
struct DocumentWalk {
    /// Something on the way that is not as it should be.
    struct Fault {
        enum Kind {
            /// A blob is not here and nobody says where it is.
            case absent
            /// A blob is here with another size than a document says.
            case wrongSize
            /// A document cannot be read, so nobody knows what it leads to.
            case unreadable
            /// Two documents do not fit each other.
            case inconsistent
        }

        let kind: Kind
        let digest: Digest
        /// One sentence.
        let description: String
    }

    /// Every digest that was named, of blobs here and not.
    private(set) var reached: Set<Digest> = []
    /// The layers of all images whose config is here.
    private(set) var diffIDs: Set<DiffID> = []
    /// The stacks of all images whose config is here, with every stack below them.
    private(set) var chainIDs: Set<ChainID> = []
    /// In the order they were met.
    private(set) var faults: [Fault] = []
    /// Blobs that are not here but can be fetched.
    private(set) var notFetched: Set<Digest> = []

    private let blobs: BlobDirectory
    private let canBeFetched: (Digest) -> Bool
    private var pending: [(descriptor: Descriptor, parent: String)] = []

    init(_ blobs: BlobDirectory, canBeFetched: @escaping (Digest) -> Bool) {
        self.blobs = blobs
        self.canBeFetched = canBeFetched
    }

    /// Follows a descriptor.
    ///
    /// - Parameter parent: what names it, for sentences.
    mutating func follow(_ descriptor: Descriptor, from parent: String) throws {
        pending.append((descriptor, parent))
        while let next = pending.popLast() { try visit(next.descriptor, next.parent) }
    }

    /// Follows an entry of `index.json` with the groups that go with it.
    mutating func follow(entry descriptor: Descriptor, from name: String) throws {
        try follow(descriptor, from: name)
        guard let text = descriptor.annotations[References.groupsKey], let groups = Digest(text) else {
            return
        }
        let size = try blobs.size(of: groups) ?? 0
        try follow(Descriptor(mediaType: .index, digest: groups, size: size), from: "\(name) with its groups")
    }

    private mutating func visit(_ descriptor: Descriptor, _ parent: String) throws {
        let digest = descriptor.digest
        let isNew = reached.insert(digest).inserted
        let size: Int64?
        do {
            size = try blobs.size(of: digest)
        } catch let error as StoreError {
            if isNew { fault(.unreadable, digest, error.description) }
            return
        }
        guard let size else {
            if canBeFetched(digest) {
                notFetched.insert(digest)
            } else if isNew {
                fault(
                    .absent, digest,
                    "blob \(digest), which \(parent) needs, is missing; pull or build it again")
            }
            return
        }
        if size != descriptor.size {
            fault(
                .wrongSize, digest,
                "blob \(digest) has \(size) bytes, but \(parent) says \(descriptor.size); pull or build "
                    + "it again"
            )
        }
        if isNew { try read(descriptor, size: size, parent) }
    }

    private mutating func read(_ descriptor: Descriptor, size: Int64, _ parent: String) throws {
        let type = descriptor.mediaType
        let name = "blob \(descriptor.digest)"
        do {
            if type.isIndex {
                let index = try Index(parsing: document(descriptor))
                for child in index.manifests { pending.append((child, "index \(descriptor.digest)")) }
            } else if type.isManifest {
                try read(Manifest(parsing: document(descriptor)), descriptor)
            } else if VolumeDocuments.holds(type) {
                let bytes = try blobs.read(descriptor.digest, limit: TreeDocument.limit)
                for child in try VolumeDocuments.children(of: type, bytes) ?? [] {
                    pending.append((child, name))
                }
            } else if !type.isConfig, !type.isLayer, type.name.hasSuffix("+json"),
                size <= Int64(ContentStore.documentLimit)
            {
                // Nobody here knows the type, but what it names is better kept than lost.
                for child in try Self.digests(in: JSON.parse(document(descriptor))) { reached.insert(child) }
            }
        } catch let error as OCIError {
            fault(
                .unreadable, descriptor.digest,
                "\(name), which \(parent) needs, cannot be used: \(error.description); pull or build it again"
            )
        } catch let error as StoreError {
            fault(.unreadable, descriptor.digest, error.description)
        }
    }

    private mutating func read(_ manifest: Manifest, _ descriptor: Descriptor) throws {
        let name = "manifest \(descriptor.digest)"
        if manifest.mediaType != descriptor.mediaType {
            fault(
                .inconsistent, descriptor.digest,
                "\(name) calls itself \(manifest.mediaType), but is referred to as \(descriptor.mediaType); "
                    + "pull or build it again")
        }
        for child in [manifest.config] + manifest.layers + (manifest.subject.map { [$0] } ?? []) {
            pending.append((child, name))
        }
        guard manifest.config.mediaType.isConfig else { return }
        for layer in manifest.layers where !layer.mediaType.isAnyLayer {
            fault(
                .inconsistent, descriptor.digest,
                "\(name) has a layer of type \(layer.mediaType), which is no layer; build it again")
        }
        guard try blobs.size(of: manifest.config.digest) != nil else { return }
        let config: ImageConfig
        do {
            config = try ImageConfig(parsing: document(manifest.config))
        } catch let error as OCIError {
            fault(
                .unreadable, manifest.config.digest,
                "blob \(manifest.config.digest), which \(name) needs, cannot be used: \(error.description); "
                    + "pull or build it again")
            return
        }
        if config.diffIDs.count != manifest.layers.count {
            fault(
                .inconsistent, descriptor.digest,
                "\(name) has \(manifest.layers.count) layers, but its config \(manifest.config.digest) has "
                    + "\(config.diffIDs.count) diffIDs; pull or build it again")
        }
        var chain: ChainID?
        for layer in config.diffIDs {
            let next = ChainID(layer, on: chain)
            diffIDs.insert(layer)
            chainIDs.insert(next)
            chain = next
        }
    }

    private func document(_ descriptor: Descriptor) throws -> [UInt8] {
        try blobs.read(descriptor.digest, limit: ContentStore.documentLimit)
    }

    private mutating func fault(_ kind: Fault.Kind, _ digest: Digest, _ text: String) {
        faults.append(Fault(kind: kind, digest: digest, description: text))
    }

    private static func digests(in json: JSON) -> [Digest] {
        var found: [Digest] = []
        var pending = [json]
        while let value = pending.popLast() {
            switch value {
            case .string(let text): if let digest = Digest(text) { found.append(digest) }
            case .array(let items): pending += items
            case .object(let members): pending += members.map(\.value)
            default: break
            }
        }
        return found
    }
}

extension MediaType {
    /// Whether a blob of this type is an image's config.
    var isConfig: Bool { self == .config || self == .dockerConfig }

    /// Whether a blob of this type is a layer, also one that may not be handed on (image-spec, layer.md).
    var isAnyLayer: Bool {
        isLayer || name.hasPrefix("application/vnd.oci.image.layer.nondistributable.v1.tar")
            || name == "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip"
    }
}
