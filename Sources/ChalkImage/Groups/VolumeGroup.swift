public import ChalkOCI

/// Lazy files of an image that are mounted together: one layer at one directory.
public struct VolumeGroup: Hashable, Sendable {
    /// Where it is mounted: absolute, in one spelling, never `/`.
    public let mountPath: String
    /// The single-layer image that holds it, which runtimes mount; an index where the image is for several platforms.
    public let manifest: Digest
    /// The layer.
    public let layer: Descriptor
    /// The digest of the tree: paths, modes and contents, however the layer is compressed.
    public let diffID: DiffID
    /// Files in it.
    public let files: Int
    /// Bytes of their contents.
    public let bytes: Int64

    /// A group from its parts.
    package init(
        mountPath: String, manifest: Digest, layer: Descriptor, diffID: DiffID, files: Int, bytes: Int64
    ) {
        self.mountPath = mountPath
        self.manifest = manifest
        self.layer = layer
        self.diffID = diffID
        self.files = files
        self.bytes = bytes
    }
}

extension VolumeGroup {
    /// One object of `--metadata-file`, `inspect --json` and the events of a build.
    package var json: JSON {
        .object(present: [
            ("mountPath", .string(mountPath)), ("digest", .string(manifest.description)),
            ("layer", layer.json), ("diffID", .string(diffID.description)),
            ("files", .integer(Int64(files))), ("bytes", .integer(bytes)),
        ])
    }
}
