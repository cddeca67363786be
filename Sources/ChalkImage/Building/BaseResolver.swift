internal import ChalkOCI
internal import ChalkPlan
internal import ChalkRegistry
internal import ChalkStore

/// Finds the image that a stage starts from: in the store first, then in its registry; or in an OCI layout.
///
/// Only manifest and config are fetched; the layers stay where they are until somebody needs their bytes.
struct BaseResolver {
    let store: ContentStore
    let client: RegistryClient
    let options: BuildOptions

    /// An image to build on.
    struct Base {
        let config: ImageConfig
        let layers: [BuiltLayer]

        init(_ image: ImageStore.Stored) {
            config = image.config
            layers = zip(image.manifest.layers, image.config.diffIDs).map { descriptor, diffID in
                var descriptor = descriptor
                descriptor.mediaType = descriptor.mediaType.asOCI
                return BuiltLayer(descriptor: descriptor, diffID: diffID)
            }
        }
    }

    /// An image.
    ///
    /// - Parameter keeps: false for a plan, which leaves the store as it is.
    func resolve(_ image: PlatformImage, in images: ImageStore, keeps: Bool) throws -> Base {
        switch image.source {
        case .registry(let reference): try resolve(reference, image.platform, in: images, keeps: keeps)
        case .layout(let layout): try resolve(layout, image.platform, in: images, keeps: keeps)
        }
    }

    private func resolve(
        _ image: LayoutImage, _ platform: Platform, in images: ImageStore, keeps: Bool
    ) throws -> Base {
        var importing = ImportOptions()
        importing.platform = platform
        importing.sourceName = image.name
        let layouts = LayoutImport(store: store, options: importing)
        let layout = try OCILayoutReader.open(image.path)
        let entry = try layouts.entry(of: layout, digest: image.digest)
        if !keeps { return Base(try layouts.documents(of: layout, entry)) }
        let manifest = try layouts.take(layout, entry)
        try store.settle()
        return Base(try images.stored(manifest.digest.description, platform: platform))
    }

    private func resolve(
        _ reference: Reference, _ platform: Platform, in images: ImageStore, keeps: Bool
    ) throws -> Base {
        let reference = reference.withDefaultTag
        let found = options.pullsBase ? nil : try stored(reference, platform, in: images)
        if case .fit(let base) = found { return base }
        do {
            let documents = try ManifestPuller(client: client).fetch(reference, platform: platform)
            if keeps {
                try ManifestPuller.keep(documents, in: store)
                try store.settle()
                // The name stays with the platform that had it first.
                if found == nil { try store.references.set(reference, to: documents.image.descriptor) }
            }
            return Base(documents.image)
        } catch let error as RegistryError {
            let kind = ChalkError(wrapping: error).kind
            if case .other(let other) = found {
                throw ChalkError(
                    kind,
                    "the image \(reference) in the store is for \(other), the stage for \(platform), and \(error)"
                )
            }
            throw ChalkError(
                kind, "cannot find the image \(reference): it is not in the store, and \(error)")
        }
    }

    /// What the store has under a name.
    private enum Stored {
        case fit(Base)
        /// An image for another platform.
        case other(Platform)
    }

    private func stored(
        _ reference: Reference, _ platform: Platform, in images: ImageStore
    ) throws -> Stored? {
        let name = reference.digest?.description
        if let name, try store.contains(reference.digest ?? Digest.of([])) {
            return .fit(Base(try images.stored(name, platform: platform)))
        }
        guard try store.references.descriptor(for: reference) != nil else { return nil }
        let image = try images.stored(reference.description, platform: platform)
        return platform.accepts(image.config.platform) ? .fit(Base(image)) : .other(image.config.platform)
    }
}
