import FoundationEssentials

/// An image in the registry for everybody to pull: one layer, one stream of `gzip`, which no peer made.
struct PublishedImage {
    /// In the registry.
    let reference: String
    /// The layer's file.
    let layer: String

    /// Makes it of a tree in `directory` and pushes it with `chalk`.
    init(of tree: String, in directory: String, to registry: Registry, chalk: String, _ stopwatch: Stopwatch)
        throws
    {
        let layout = OCILayout(path: "\(directory)/layout")
        reference = "\(registry.name)/published:1"
        try Files.emptyDirectory("\(layout.path)/blobs/sha256")
        let tar = Command("tar", "--sort=name", "--owner=0", "--group=0", "-cf", "-", "-C", tree, ".")
        let raw = "\(directory)/layer.tar.gz"
        try stopwatch.run(Pipeline(tar, Command("gzip", "-n", "-6"), output: raw))
        let diffID = try stopwatch.digest(Pipeline(Command("gzip", "-dc", raw), Command("sha256sum", "-")))

        func add(_ file: String, _ type: String) throws -> OCI.Descriptor {
            let digest = try stopwatch.digest(Pipeline(Command("sha256sum", file)))
            let size = try Files.size(file)
            try FileManager.default.moveItem(atPath: file, toPath: layout.blob(digest))
            return OCI.Descriptor(mediaType: "application/vnd.oci.image.\(type)", digest: digest, size: size)
        }
        func document(_ value: some Encodable) throws -> String {
            let file = "\(directory)/document.json"
            try Files.write(Array(try JSONEncoder().encode(value)), to: file)
            return file
        }
        let layer = try add(raw, "layer.v1.tar+gzip")
        let config = try add(document(Config(diffID: diffID)), "config.v1+json")
        var manifest = try add(document(OCI.Manifest(config: config, layers: [layer])), "manifest.v1+json")
        manifest.annotations = ["org.opencontainers.image.ref.name": "published"]
        let index = try document(OCI.Index(manifests: [manifest]))
        try FileManager.default.moveItem(atPath: index, toPath: "\(layout.path)/index.json")
        try Files.write("{\"imageLayoutVersion\":\"1.0.0\"}", to: "\(layout.path)/oci-layout")
        self.layer = layout.blob(layer.digest)

        let store = "\(directory)/store"
        try stopwatch.run(Pipeline([chalk, "import", layout.path, "-t", reference, "--store", store]))
        try stopwatch.run(Pipeline([chalk, "push", reference, "--progress", "quiet", "--store", store]))
        try Files.remove(store)
    }

    private struct Config: Encodable {
        struct RootFS: Encodable {
            var type = "layers"
            var diff_ids: [String]
        }
        var architecture = "amd64"
        var os = "linux"
        var rootfs: RootFS

        init(diffID: String) { rootfs = RootFS(diff_ids: [diffID]) }
    }
}

extension Stopwatch {
    /// What `sha256sum` at the end of a pipeline says, as a digest.
    fileprivate func digest(_ pipeline: Pipeline) throws -> String {
        var pipeline = pipeline
        pipeline.output = log + ".sum"
        try run(pipeline)
        return try "sha256:" + Files.text(log + ".sum").prefix(64)
    }
}
