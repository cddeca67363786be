internal import ChalkOCI
internal import ChalkStore

/// A cache record in the form that it has in a registry: an ordinary image whose first layer is the step's, or an
/// empty one for a step that made none, and whose config has the record as a label. A second layer, where there is
/// one, says what the first holds (``LayerContents``). See `docs/decisions/0009`.
struct CacheEntry {
    /// The label that holds the record.
    static let label = "dev.chalk.image.cache.record"
    /// The annotation of the manifest that says the key, for people.
    static let annotation = "dev.chalk.image.cache.key"
    /// What an entry runs on: nobody runs it.
    static let platform = Platform(os: "unknown", architecture: "unknown")
    /// The line of history for a layer of ``LayerContents``.
    static let contentsTitle = "what the layer holds"
    /// Most bytes of a config.
    static let configLimit: Int64 = 4 << 20

    /// The layer of a step that made none: a tar without entries.
    static let emptyLayer = [UInt8](repeating: 0, count: 1_024)
    private static let empty = Descriptor(
        mediaType: .layer, digest: .of(emptyLayer), size: Int64(emptyLayer.count))

    /// What the step made; its inputs are sealed.
    let record: CacheRecord
    /// The layer that says what the step's layer holds.
    let contents: Descriptor?

    /// An entry to be sent.
    init(_ record: CacheRecord, contents: Descriptor?) {
        self.record = record
        self.contents = contents
    }

    /// The step's layer, or the empty one.
    var layer: Descriptor { record.layer ?? CacheEntry.empty }

    /// The config's bytes.
    var config: [UInt8] {
        var config = ImageConfig(platform: CacheEntry.platform)
        config.runtime.labels[CacheEntry.label] = String(decoding: record.encoded(), as: UTF8.self)
        config.diffIDs = [record.diffID ?? DiffID(CacheEntry.empty.digest)]
        config.history = [ImageConfig.History(createdBy: record.title)]
        if let contents {
            config.diffIDs.append(DiffID(contents.digest))
            config.history.append(ImageConfig.History(createdBy: CacheEntry.contentsTitle))
        }
        return config.encoded()
    }

    /// The manifest of the entry with a config of these bytes.
    func manifest(config: [UInt8]) -> [UInt8] {
        Manifest(
            config: Descriptor(mediaType: .config, digest: .of(config), size: Int64(config.count)),
            layers: [layer] + (contents.map { [$0] } ?? []),
            annotations: [CacheEntry.annotation: record.key.description]
        ).encoded()
    }

    /// Why what a registry has is no entry; words that follow "…: ".
    struct Fault: Error, CustomStringConvertible {
        let description: String
    }

    /// The manifest of what may be an entry.
    static func manifest(parsing bytes: [UInt8]) throws(Fault) -> Manifest {
        let manifest: Manifest
        do {
            manifest = try Manifest(parsing: bytes)
        } catch {
            throw Fault(description: error.description)
        }
        guard manifest.config.mediaType.asOCI == .config else {
            throw Fault(description: "its config is a \(manifest.config.mediaType)")
        }
        guard (1...configLimit).contains(manifest.config.size) else {
            throw Fault(
                description: "its config has \(manifest.config.size) bytes, more than \(configLimit)")
        }
        return manifest
    }

    /// An entry from a manifest and the bytes of its config, whose digest was checked. All that the documents say of
    /// each other is compared.
    ///
    /// - Parameter key: the key that it was looked for by; nil for whichever is there.
    init(_ manifest: Manifest, config bytes: [UInt8], key: CacheKey?) throws(Fault) {
        let config: ImageConfig
        let record: CacheRecord
        do {
            config = try ImageConfig(parsing: bytes)
        } catch {
            throw Fault(description: error.description)
        }
        guard let text = config.runtime.labels[CacheEntry.label] else {
            throw Fault(description: "its config has no cache record")
        }
        do {
            record = try CacheRecord(parsing: Array(text.utf8), key: key)
        } catch {
            throw Fault(description: "its record cannot be used: \(error)")
        }
        guard (1...2).contains(manifest.layers.count), config.diffIDs.count == manifest.layers.count else {
            throw Fault(
                description: "it has \(manifest.layers.count) layers and \(config.diffIDs.count) diffIDs")
        }
        self.init(record, contents: manifest.layers.dropFirst().first)
        guard manifest.layers[0] == layer else {
            throw Fault(description: "its layer \(manifest.layers[0].digest) is not that of its record")
        }
        guard record.layer == nil || record.layer?.mediaType.isLayer == true else {
            throw Fault(description: "its layer is a \(layer.mediaType)")
        }
        let diffID = record.layer == nil ? DiffID(CacheEntry.empty.digest) : record.diffID
        guard diffID == config.diffIDs[0] else {
            throw Fault(description: "its diffID \(config.diffIDs[0]) is not that of its record")
        }
    }
}
