public import ChalkOCI

/// One line of the list of images.
public struct StoredImage: Hashable, Sendable {
    /// The whole name.
    public let name: String
    /// Its manifest.
    public let manifest: Descriptor
    /// The config's digest; nil for what is no image.
    public let imageID: Digest?
    /// Number of layers; nil for what is no image.
    public let layerCount: Int?
    /// Bytes of the layers, as stored.
    public let size: Int64
}

extension StoredImage {
    /// One object of `images --json`.
    package var json: JSON {
        .object(present: [
            ("name", .string(name)), ("digest", .string(manifest.digest.description)),
            ("imageID", imageID.map { .string($0.description) }),
            ("layers", layerCount.map { .integer(Int64($0)) }), ("size", .integer(size)),
        ])
    }
}

/// Everything that a store knows of one image.
public struct ImageDescription: Hashable, Sendable {
    /// All its names.
    public let names: [String]
    /// The manifest's descriptor.
    public let descriptor: Descriptor
    /// The manifest.
    public let manifest: Manifest
    /// The config.
    public let config: ImageConfig
    /// Whether each layer's bytes are in the store; a base's may still be in its registry.
    public let layersInStore: [Bool]
    /// The lazy files that go with it now, parents first.
    public let groups: [VolumeGroup]
}

extension ImageDescription {
    /// The object of `inspect --json`.
    package var json: JSON {
        .object(present: [
            ("names", .strings(names)), ("descriptor", descriptor.json),
            ("manifest", try? JSON.parse(manifest.encoded())), ("config", try? JSON.parse(config.encoded())),
            (
                "layers",
                .array(
                    zip(zip(manifest.layers, config.diffIDs), layersInStore).map { layer, isHere in
                        .object(present: [
                            ("digest", .string(layer.0.digest.description)),
                            ("diffID", .string(layer.1.description)), ("size", .integer(layer.0.size)),
                            ("inStore", .bool(isHere)),
                        ])
                    })
            ), ("groups", groups.isEmpty ? nil : .array(groups.map(\.json))),
        ])
    }
}
