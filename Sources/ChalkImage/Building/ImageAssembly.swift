internal import ChalkOCI
internal import ChalkPlan
internal import ChalkStore

/// Puts the documents of a finished image together.
struct ImageAssembly {
    let store: ContentStore
    let options: BuildOptions

    /// Writes config and manifest and names the image.
    func assemble(_ stage: PlanGraph.Stage, _ built: BuiltStage) throws -> (
        manifest: Descriptor, config: Descriptor
    ) {
        var config = ImageConfig(platform: stage.platform)
        config.created = options.epoch.description
        config.author = stage.author
        config.runtime = stage.runtime
        config.diffIDs = built.layers.map(\.diffID)
        config.history = built.history
        let configBytes = config.encoded()
        let configDescriptor = Descriptor(
            mediaType: .config, digest: try store.put(configBytes, .deferred), size: Int64(configBytes.count))
        let manifest = Manifest(config: configDescriptor, layers: built.layers.map(\.descriptor))
        let bytes = manifest.encoded()
        let descriptor = Descriptor(
            mediaType: .manifest, digest: try store.put(bytes, .deferred), size: Int64(bytes.count))
        try store.settle()
        let names = options.names.map(\.withDefaultTag)
        if !names.isEmpty { try store.references.set(names.map { ($0, descriptor) }) }
        return (descriptor, configDescriptor)
    }
}
