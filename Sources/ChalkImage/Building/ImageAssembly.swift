internal import ChalkOCI
internal import ChalkPlan
internal import ChalkStore

/// Puts the documents of a finished image together.
struct ImageAssembly {
    let store: ContentStore
    let options: BuildOptions

    /// Writes config and manifest.
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
        return (descriptor, configDescriptor)
    }

    /// Names an image or index together with its groups.
    func name(_ image: Descriptor, with groups: Descriptor?) throws {
        try store.settle()
        try store.latestGroups.note(groups?.digest, of: image.digest)
        let named = image.with(groups: groups)
        let names = options.names.map(\.withDefaultTag)
        if !names.isEmpty { try store.references.set(names.map { ($0, named) }) }
    }
}

extension Descriptor {
    /// The same image as a name has it, with the set of groups that goes with it.
    func with(groups: Descriptor?) -> Descriptor {
        var named = self
        named.annotations[References.groupsKey] = groups?.digest.description
        return named
    }
}
