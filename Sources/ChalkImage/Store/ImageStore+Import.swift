internal import ChalkArchive
public import ChalkOCI
internal import ChalkPlan
internal import ChalkStore
package import ChalkSystem

extension ImageStore {
    /// Takes in an image: an OCI layout directory, an OCI archive, a docker archive, or the tar of a root file system
    /// (compressed or not), told apart by what is in them.
    ///
    /// - Returns: the manifest's digest.
    @discardableResult
    public func importImage(_ path: String, _ options: ImportOptions = ImportOptions()) async throws -> Digest
    {
        try await ChalkError.offload { cancellation in
            try self.performImport(path, options, cancellation: cancellation)
        }
    }

    /// The same on the caller's thread.
    @discardableResult
    package func performImport(
        _ path: String, _ options: ImportOptions, cancellation: Cancellation
    ) throws -> Digest {
        try ChalkError.wrap {
            let lock = try StoreLock.shared(content)
            return try withExtendedLifetime(lock) {
                guard let status = try FileSystem.statusIfPresent(path) else {
                    throw ChalkError(.notFound, "there is nothing to import at \(path)")
                }
                let manifest: Descriptor
                if status.kind == .directory {
                    manifest = try LayoutImport(store: content, options: options).take(path)
                } else {
                    manifest = try ArchiveImport(store: content, options: options, cancellation: cancellation)
                        .take(path)
                }
                try content.settle()
                if let set = manifest.annotations[References.groupsKey] {
                    try content.latestGroups.note(Digest(set), of: manifest.digest)
                }
                let names = options.names.map(\.withDefaultTag)
                if !names.isEmpty { try content.references.set(names.map { ($0, manifest) }) }
                return manifest.digest
            }
        }
    }
}

/// Takes in an image of an OCI layout.
struct LayoutImport {
    let store: ContentStore
    let options: ImportOptions

    func take(_ path: String) throws -> Descriptor {
        let layout = try OCILayoutReader.open(path)
        let entry = try layout.entry(named: options.sourceName).descriptor
        let image = try take(layout, entry)
        return image.with(groups: try takeGroups(layout, entry, of: image))
    }

    /// Copies the groups that a layout says go with an image; nil where it says nothing, or has lost them as tools do that
    /// tidy up layouts.
    private func takeGroups(
        _ layout: OCILayoutReader, _ entry: Descriptor, of image: Descriptor
    ) throws -> Descriptor? {
        guard let digest = entry.annotations[References.groupsKey].flatMap({ Digest($0) }),
            let size = try layout.size(of: digest)
        else { return nil }
        let descriptor = Descriptor(mediaType: .index, digest: digest, size: size)
        let set: GroupSet
        do {
            set = try GroupSet(parsing: layout.read(descriptor))
        } catch let error as OCIError {
            throw ChalkError(
                .failed, "the groups in the layout \(layout.path) cannot be used: \(error.description)")
        }
        // Those of an index are not those of one of its images.
        guard set.subject.digest == image.digest else { return nil }
        for member in set.members { _ = try takeAny(layout, member.image) }
        return try set.keep(in: store)
    }

    /// The entry that is meant: by digest, by name, the only one, or `latest`.
    func entry(of layout: OCILayoutReader, digest: Digest?) throws -> Descriptor {
        if let digest {
            guard let entry = layout.entries.first(where: { $0.descriptor.digest == digest }) else {
                throw ChalkError(.notFound, "the OCI layout \(layout.path) has no image \(digest)")
            }
            return entry.descriptor
        }
        let isOpen = options.sourceName == nil && layout.entries.count != 1
        return try layout.entry(named: isOpen ? "latest" : options.sourceName).descriptor
    }

    /// Copies the image of a descriptor into the store, or the index with all its images.
    func take(_ layout: OCILayoutReader, _ descriptor: Descriptor) throws -> Descriptor {
        if options.allPlatforms, descriptor.mediaType.isIndex {
            let bytes = try layout.read(descriptor)
            for child in try Index(parsing: bytes).manifests { _ = try takeAny(layout, child) }
            try store.put(bytes, .deferred)
            return Descriptor(
                mediaType: descriptor.mediaType, digest: descriptor.digest, size: descriptor.size)
        }
        let image = try documents(of: layout, descriptor)
        try takeBlobs(of: image.manifest, layout)
        try store.put(try layout.read(image.descriptor), .deferred)
        return image.descriptor
    }

    /// What an index lists need be no image: statements about images stand there too.
    private func takeAny(_ layout: OCILayoutReader, _ descriptor: Descriptor) throws -> Descriptor {
        if descriptor.mediaType.isIndex { return try take(layout, descriptor) }
        let bytes = try layout.read(descriptor)
        try takeBlobs(of: Manifest(parsing: bytes), layout)
        try store.put(bytes, .deferred)
        return descriptor
    }

    private func takeBlobs(of manifest: Manifest, _ layout: OCILayoutReader) throws {
        for blob in manifest.layers.uniqued() + [manifest.config] where try !store.contains(blob) {
            let ingest = try store.ingest(.deferred)
            try layout.source(of: blob).drain(into: ingest)
            try ingest.commit(expecting: blob.digest, size: blob.size)
        }
    }

    /// The manifest and config of an image, which stay where they are.
    func documents(of layout: OCILayoutReader, _ descriptor: Descriptor) throws -> ImageStore.Stored {
        let bytes = try layout.read(descriptor)
        if descriptor.mediaType.isIndex {
            guard let entry = try Index(parsing: bytes).manifest(for: options.platform) else {
                throw ChalkError(.notFound, "the layout \(layout.path) has no image for \(options.platform)")
            }
            return try documents(of: layout, entry)
        }
        let manifest = try Manifest(parsing: bytes)
        let config = try ImageConfig(parsing: try layout.read(manifest.config))
        guard config.diffIDs.count == manifest.layers.count else {
            throw ChalkError(
                .failed, "the layout \(layout.path) is damaged: layers and diffIDs do not match in number")
        }
        return ImageStore.Stored(
            descriptor: Descriptor(
                mediaType: manifest.mediaType, digest: descriptor.digest, size: Int64(bytes.count)),
            manifest: manifest, config: config)
    }
}
