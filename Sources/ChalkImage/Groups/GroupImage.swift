internal import ChalkOCI
internal import ChalkStore

/// A group in the form that registries and runtimes know: an ordinary image of one layer whose `subject` is the image
/// that it belongs to. See `docs/decisions/0011`.
struct GroupImage: Hashable {
    /// Annotations of its manifest.
    enum Annotation {
        static let path = "dev.chalk.image.group.path"
        static let files = "dev.chalk.image.group.files"
        static let bytes = "dev.chalk.image.group.bytes"
    }

    /// The files.
    let content: GroupContent
    /// The image that they belong to.
    let subject: Descriptor
    /// What that runs on: runtimes pull no image for another platform.
    let platform: Platform

    /// The config's bytes.
    var config: [UInt8] {
        var config = ImageConfig(platform: platform)
        config.created = Timestamp.defaultEpoch.description
        config.diffIDs = [content.layer.diffID]
        config.history = [
            .init(created: config.created, createdBy: "chalk-image: lazy files of \(content.mountPath)")
        ]
        return config.encoded()
    }

    /// The manifest with a config of these bytes.
    func manifest(config: [UInt8]) -> Manifest {
        Manifest(
            config: Descriptor(mediaType: .config, digest: .of(config), size: Int64(config.count)),
            layers: [content.layer.descriptor],
            subject: Descriptor(
                mediaType: subject.mediaType, digest: subject.digest, size: subject.size),
            annotations: [
                Annotation.path: content.mountPath, Annotation.files: String(content.files),
                Annotation.bytes: String(content.bytes),
            ])
    }

    /// Writes both documents; gives the manifest's descriptor.
    func keep(in store: ContentStore) throws -> Descriptor {
        let config = self.config
        let bytes = manifest(config: config).encoded()
        try store.put(config, .deferred)
        return Descriptor(
            mediaType: .manifest, digest: try store.put(bytes, .deferred), size: Int64(bytes.count))
    }
}

/// The files of a group as a layer, whatever image they belong to.
struct GroupContent: Hashable {
    /// Where they are mounted.
    let mountPath: String
    /// The layer, its paths relative to the mount path.
    let layer: BuiltLayer
    /// How many.
    let files: Int
    /// Bytes of their contents.
    let bytes: Int64

    /// The group that the image of a descriptor makes of it.
    func group(_ image: Descriptor) -> VolumeGroup {
        VolumeGroup(
            mountPath: mountPath, manifest: image.digest, layer: layer.descriptor, diffID: layer.diffID,
            files: files, bytes: bytes)
    }
}

extension GroupContent {
    init(_ group: VolumeGroup) {
        mountPath = group.mountPath
        layer = BuiltLayer(descriptor: group.layer, diffID: group.diffID)
        files = group.files
        bytes = group.bytes
    }

    /// What the documents of a group say.
    ///
    /// - Throws: ``OCIError`` when they are not those of a group.
    init(_ manifest: Manifest, config bytes: [UInt8]) throws(OCIError) {
        func count(_ name: String) throws(OCIError) -> Int64 {
            guard let text = manifest.annotations[name], let number = Int64(text), number >= 0 else {
                throw OCIError(.invalidDocument, "the manifest's annotation \(name) is no number")
            }
            return number
        }
        let config = try ImageConfig(parsing: bytes)
        guard let path = manifest.annotations[GroupImage.Annotation.path] else {
            throw OCIError(
                .invalidDocument, "the manifest has no annotation \(GroupImage.Annotation.path)")
        }
        guard manifest.layers.count == 1, config.diffIDs.count == 1, manifest.layers[0].mediaType.isLayer
        else {
            throw OCIError(
                .invalidDocument,
                "it has \(manifest.layers.count) layers and \(config.diffIDs.count) diffIDs instead of one")
        }
        self.init(
            mountPath: path, layer: BuiltLayer(descriptor: manifest.layers[0], diffID: config.diffIDs[0]),
            files: Int(clamping: try count(GroupImage.Annotation.files)),
            bytes: try count(GroupImage.Annotation.bytes))
    }
}
