internal import ChalkOCI

/// What one layer holds, in the form that it has in a registry: an ordinary image whose only layer is that of
/// ``LayerContents``. It spares others the layer itself, a base's for instance, where all they need is to know where the
/// paths of a later layer lead. See `docs/decisions/0009`.
struct HoldsEntry {
    /// The label that says of which layer this is.
    static let label = "dev.chalk.image.cache.layer"

    /// The layer that is spoken of.
    let diffID: DiffID
    /// What says what it holds.
    let contents: Descriptor

    /// The config's bytes.
    var config: [UInt8] {
        var config = ImageConfig(platform: CacheEntry.platform)
        config.runtime.labels[HoldsEntry.label] = diffID.description
        config.diffIDs = [DiffID(contents.digest)]
        config.history = [ImageConfig.History(createdBy: CacheEntry.contentsTitle)]
        return config.encoded()
    }

    /// The manifest of the entry with a config of these bytes.
    func manifest(config: [UInt8]) -> [UInt8] {
        Manifest(
            config: Descriptor(mediaType: .config, digest: .of(config), size: Int64(config.count)),
            layers: [contents]
        ).encoded()
    }

    /// An entry to be sent.
    init(_ diffID: DiffID, contents: Descriptor) {
        self.diffID = diffID
        self.contents = contents
    }

    /// An entry from a manifest and the bytes of its config, whose digest was checked.
    init(_ manifest: Manifest, config bytes: [UInt8], of diffID: DiffID) throws(CacheEntry.Fault) {
        guard let config = try? ImageConfig(parsing: bytes),
            config.runtime.labels[HoldsEntry.label] == diffID.description, manifest.layers.count == 1
        else { throw CacheEntry.Fault(description: "it does not say what layer \(diffID) holds") }
        self.init(diffID, contents: manifest.layers[0])
    }
}
