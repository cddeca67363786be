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
    func resolve(_ source: ImageSource, in images: ImageStore, keeps: Bool) throws -> Base {
        switch source {
        case .registry(let reference): try resolve(reference, in: images, keeps: keeps)
        case .layout(let image): try resolve(image, in: images, keeps: keeps)
        }
    }

    private func resolve(_ image: LayoutImage, in images: ImageStore, keeps: Bool) throws -> Base {
        var importing = ImportOptions()
        importing.platform = options.platform
        importing.sourceName = image.name
        let layouts = LayoutImport(store: store, options: importing)
        let layout = try OCILayoutReader.open(image.path)
        let entry = try layouts.entry(of: layout, digest: image.digest)
        if !keeps { return Base(try layouts.documents(of: layout, entry)) }
        let manifest = try layouts.take(layout, entry)
        try store.settle()
        return Base(try images.stored(manifest.digest.description, platform: options.platform))
    }

    private func resolve(_ reference: Reference, in images: ImageStore, keeps: Bool) throws -> Base {
        let reference = reference.withDefaultTag
        if !options.pullsBase, let base = try stored(reference, in: images) { return base }
        do {
            let documents = try ManifestPuller(client: client).fetch(reference, platform: options.platform)
            if keeps {
                try ManifestPuller.keep(documents, in: store)
                try store.settle()
                try store.references.set(reference, to: documents.image.descriptor)
            }
            return Base(documents.image)
        } catch let error as RegistryError {
            throw ChalkError(
                ChalkError(wrapping: error).kind,
                "cannot find the base image \(reference): it is not in the store, and \(error)")
        }
    }

    private func stored(_ reference: Reference, in images: ImageStore) throws -> Base? {
        let name = reference.digest?.description
        if let name, try store.contains(reference.digest ?? Digest.of([])) {
            return Base(try images.stored(name, platform: options.platform))
        }
        guard try store.references.descriptor(for: reference) != nil else { return nil }
        let image = try images.stored(reference.description, platform: options.platform)
        guard options.platform.accepts(image.config.platform) else {
            throw ChalkError(
                .invalidInput,
                "the base image \(reference) in the store is for \(image.config.platform), the build for \(options.platform); pull the right one or change --platform"
            )
        }
        return Base(image)
    }
}
