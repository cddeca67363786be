public import ChalkOCI
internal import ChalkStore

extension ImageStore {
    /// Every named image, by name.
    public func images() throws -> [StoredImage] {
        try ChalkError.wrap {
            try content.references.list().map { entry in
                let manifest = try? Manifest(parsing: content.read(entry.descriptor.digest))
                return StoredImage(
                    name: entry.name, manifest: entry.descriptor, imageID: manifest?.config.digest,
                    layerCount: manifest?.layers.count, size: manifest?.layers.reduce(0) { $0 + $1.size } ?? 0
                )
            }
        }
    }

    /// What the store knows of an image, by name, manifest digest or image ID.
    public func inspect(_ name: String) throws -> ImageDescription {
        try ChalkError.wrap {
            let image = try stored(name)
            let names = try content.references.list()
                .filter { $0.descriptor.digest == image.descriptor.digest }.map(\.name)
            return ImageDescription(
                names: names, descriptor: image.descriptor, manifest: image.manifest, config: image.config,
                layersInStore: try image.manifest.layers.map { try content.contains($0) },
                groups: try groups(of: name))
        }
    }

    /// Gives an image, with the groups that it has now, more names, taking them from whatever had them.
    public func tag(_ name: String, as names: [Reference]) throws {
        try ChalkError.wrap {
            let image = try descriptor(named: name).with(groups: try groupSet(of: name))
            try content.references.set(names.map { ($0.withDefaultTag, image) })
        }
    }

    /// Takes a name away, or every name of a digest; says which. The bytes stay until the store is pruned.
    @discardableResult
    public func remove(_ name: String) throws -> [String] {
        try ChalkError.wrap {
            let names: [String]
            if name.hasPrefix("sha256:") {
                let digest = try descriptor(named: name).digest
                names = try content.references.list().filter { $0.descriptor.digest == digest }.map(\.name)
            } else {
                let entry = try Reference(name).withDefaultTag.description
                names = try content.references.descriptor(named: entry) == nil ? [] : [entry]
            }
            if names.isEmpty { throw ChalkError(.notFound, "there is no image \(name) in the store") }
            for name in names { _ = try content.references.remove(named: name) }
            return names
        }
    }

    /// An image with its documents read and checked.
    struct Stored {
        let descriptor: Descriptor
        let manifest: Manifest
        let config: ImageConfig
    }

    /// Finds an image by name, manifest digest or image ID. An index is entered for the host's platform.
    func stored(_ name: String, platform: Platform = .host) throws -> Stored {
        try stored(try descriptor(named: name), platform, name)
    }

    private func stored(_ descriptor: Descriptor, _ platform: Platform, _ name: String) throws -> Stored {
        let bytes = try content.read(descriptor.digest)
        if descriptor.mediaType.isIndex {
            guard let entry = try Index(parsing: bytes).manifest(for: platform) else {
                throw ChalkError(.notFound, "\(name) has no image for \(platform)")
            }
            return try stored(entry, platform, name)
        }
        let manifest = try Manifest(parsing: bytes)
        let config = try ImageConfig(parsing: try content.read(manifest.config.digest))
        guard config.diffIDs.count == manifest.layers.count else {
            throw ChalkError(
                .failed,
                "\(name) is damaged: its manifest has \(manifest.layers.count) layers and its config \(config.diffIDs.count); pull or import it again"
            )
        }
        return Stored(descriptor: descriptor, manifest: manifest, config: config)
    }

    /// What a name, a digest of a manifest or index, or an image ID stands for.
    func descriptor(named name: String) throws -> Descriptor {
        guard name.hasPrefix("sha256:") else {
            let reference = try Reference(name).withDefaultTag
            if let descriptor = try content.references.descriptor(for: reference) { return descriptor }
            throw ChalkError(
                .notFound, "there is no image \(reference) in the store; build, pull or import it first")
        }
        guard let digest = Digest(name) else {
            throw ChalkError(.invalidInput, "\"\(name)\" is not a digest: sha256: and 64 hexadecimal digits")
        }
        for entry in try content.references.list() {
            if entry.descriptor.digest == digest { return entry.descriptor }
            if let manifest = try? Manifest(parsing: content.read(entry.descriptor.digest)),
                manifest.config.digest == digest
            {
                return entry.descriptor
            }
        }
        if let size = try content.size(of: digest), size <= ContentStore.documentLimit {
            let bytes = try content.read(digest)
            let type = (try? Manifest(parsing: bytes))?.mediaType ?? (try? Index(parsing: bytes))?.mediaType
            if let type { return Descriptor(mediaType: type, digest: digest, size: size) }
        }
        throw ChalkError(.notFound, "there is no image \(name) in the store")
    }
}
