internal import ChalkArchive
internal import ChalkOCI
internal import ChalkStore
internal import ChalkSystem

/// Writes one image, whose blobs are all in the store, in each of the forms.
struct ExportWriter {
    let store: ContentStore
    let image: ImageStore.Stored
    let names: [Reference]
    /// The set of groups that goes along in layouts; nil for none.
    let groups: Descriptor?
    let cancellation: Cancellation

    /// What a layout calls the image, as BuildKit has it: the tag, with the whole name for containerd beside it.
    private var entries: [(name: String?, descriptor: Descriptor)] {
        let image = image.descriptor.with(groups: groups)
        if names.isEmpty { return [(nil, image)] }
        return names.map { name in
            var descriptor = image
            descriptor.annotations["io.containerd.image.name"] = name.description
            return (name.tag ?? name.description, descriptor)
        }
    }

    /// An OCI layout directory, made or added to.
    func writeLayout(_ path: String) throws {
        let layout = try OCILayoutWriter.open(path)
        for blob in try allBlobs {
            try cancellation.check()
            try layout.add(blob, from: store)
        }
        try layout.finish(entries)
    }

    /// An OCI layout as one tar.
    func writeArchive(to sink: any ByteSink) throws {
        let manifests = entries.map { name, descriptor in
            var descriptor = descriptor
            descriptor.annotations["org.opencontainers.image.ref.name"] = name
            return descriptor
        }
        var tar = ArchiveFiles(sink, cancellation)
        tar.add("index.json", Index(manifests: manifests).encoded())
        tar.add("oci-layout", Array(#"{"imageLayoutVersion":"1.0.0"}"#.utf8))
        for blob in try allBlobs { tar.add("blobs/sha256/\(blob.digest.hex)", blob, from: store) }
        try tar.write()
    }

    /// What `docker load` reads. Layers keep their compression, which it accepts.
    func writeDockerArchive(to sink: any ByteSink) throws {
        let config = "\(image.manifest.config.digest.hex).json"
        let layers = image.manifest.layers.map { "\($0.digest.hex).tar" }
        let manifest = JSON.array([
            .object(present: [
                ("Config", .string(config)), ("RepoTags", .strings(names.compactMap(\.dockerTag))),
                ("Layers", .strings(layers)),
            ])
        ])
        var tar = ArchiveFiles(sink, cancellation)
        tar.add("manifest.json", manifest.canonical())
        tar.add(config, image.manifest.config, from: store)
        for (name, layer) in zip(layers, image.manifest.layers) { tar.add(name, layer, from: store) }
        try tar.write()
    }

    /// The root file system as one tar.
    func writeTar(to sink: any ByteSink) throws {
        _ = try LayerFlattener.flatten(sources, into: sink, cancellation: cancellation)
    }

    /// The root file system as a directory, which must be empty or not there. Without root all of it belongs to the
    /// caller.
    func writeDirectory(_ path: String) throws {
        try FileSystem.makeDirectories(path, mode: 0o755)
        let root = try FileDescriptor.directory(path)
        guard try root.entries().isEmpty else {
            throw ChalkError(.invalidInput, "cannot write the root file system to \(path): it is not empty")
        }
        for (layer, diffID) in zip(image.manifest.layers, image.config.diffIDs) {
            let summary = try LayerApplier.apply(
                try store.source(of: layer), into: root, form: .merged,
                owners: CurrentProcess.userID == 0 ? .keep : .skip, cancellation: cancellation)
            guard summary.diffID == diffID else {
                throw ChalkError(
                    .failed,
                    "layer \(layer.digest) unpacks to \(summary.diffID) instead of \(diffID); the image is damaged"
                )
            }
        }
    }

    private var sources: [() throws -> any ByteSource] {
        image.manifest.layers.map { layer in { try store.source(of: layer) } }
    }

    /// Everything that a layout holds.
    private var allBlobs: [Descriptor] {
        get throws {
            let set = try groups.map { try PushDocuments($0, in: store) }
            let extra = (set?.blobs ?? []) + (set?.manifests.map(\.descriptor) ?? [])
            return (image.manifest.layers + [image.manifest.config, image.descriptor] + extra).uniqued()
        }
    }
}

extension Reference {
    /// What `docker load` calls it; nil for a name by digest alone.
    fileprivate var dockerTag: String? {
        guard let tag else { return nil }
        let short =
            name.hasPrefix("docker.io/library/") ? String(name.dropFirst("docker.io/library/".count)) : name
        return "\(short):\(tag)"
    }
}
