internal import ChalkArchive
internal import ChalkOCI
internal import ChalkPlan
internal import ChalkStore
internal import ChalkSystem

/// Takes in a tar: an OCI archive, a docker archive, or a root file system.
struct ArchiveImport {
    let store: ContentStore
    let options: ImportOptions
    let cancellation: Cancellation

    private enum Kind {
        case ociArchive, dockerArchive, rootFileSystem
    }

    func take(_ path: String) throws -> Descriptor {
        do {
            return try takeAny(path)
        } catch let error as ArchiveError {
            throw ChalkError(.failed, "cannot import \(path): \(error)")
        }
    }

    private func takeAny(_ path: String) throws -> Descriptor {
        switch try kind(path) {
        case .rootFileSystem: return try takeRootFileSystem(path)
        case .ociArchive, .dockerArchive:
            // An archive's members may come in any order, so it is unpacked beside the store's own data first.
            let parent = "\(store.path)/chalk"
            let scratch = try TemporaryDirectory.make(in: parent, prefix: "import")
            let root = try FileDescriptor.directory(scratch.path)
            _ = try LayerApplier.apply(
                FileStream(try FileDescriptor.open(path)), into: root, form: .merged, owners: .skip,
                cancellation: cancellation)
            return try root.statusIfPresent(of: "oci-layout") == nil
                ? DockerArchiveImport(store: store, options: options, directory: scratch.path, path: path)
                    .take()
                : LayoutImport(store: store, options: options).take(scratch.path)
        }
    }

    /// What the first members say. Archives that tools write name theirs near the start; a root file system has
    /// directories such as `etc`.
    private func kind(_ path: String) throws -> Kind {
        let archive = try ForeignArchive(FileStream(try FileDescriptor.open(path)))
        var seen = 0
        while seen < 100_000, let entry = try archive.next() {
            seen += 1
            switch entry.path.display {
            case "oci-layout": return .ociArchive
            case "manifest.json": return .dockerArchive
            case "etc", "usr", "bin", "var", "lib": return .rootFileSystem
            default: break
            }
        }
        return .rootFileSystem
    }

    /// One layer from the tar's entries as they are, so the same tar gives the same image everywhere.
    private func takeRootFileSystem(_ path: String) throws -> Descriptor {
        let ingest = try store.ingest(.deferred)
        let compressor = try StreamCompressor(compression: .defaultGzip, sink: ingest)
        let tar = ForwardingSource(
            try Decompressor(FileStream(try FileDescriptor.open(path))), to: compressor)
        let archive = try ForeignArchive(tar)
        var index = LayerIndex.Builder()
        var count = 0
        while let entry = try archive.next() {
            try cancellation.check()
            try index.add(entry)
            count += 1
        }
        guard count > 0 else { throw ChalkError(.invalidInput, "\(path) is not a tar, or an empty one") }
        try tar.drain(into: Nowhere())
        let summary = try compressor.finish()
        let blob = try ingest.commit()
        try store.layerIndexes.put(index.finish().bytes, for: summary.diffID)
        var config = ImageConfig(platform: options.platform)
        config.created = Timestamp.defaultEpoch.description
        config.diffIDs = [summary.diffID]
        config.history = [
            .init(created: Timestamp.defaultEpoch.description, createdBy: "chalk-image import")
        ]
        for line in options.environment {
            let name = line.prefix { $0 != "=" }
            config.runtime.set(String(name), to: String(line.dropFirst(name.count + 1)))
        }
        if config.runtime.value(of: "PATH") == nil {
            config.runtime.set("PATH", to: RuntimeConfig.defaultPath)
        }
        config.runtime.command = options.command.isEmpty ? nil : options.command
        let configBytes = config.encoded()
        let manifest = Manifest(
            config: Descriptor(
                mediaType: .config, digest: try store.put(configBytes, .deferred),
                size: Int64(configBytes.count)),
            layers: [Descriptor(mediaType: .layerGzip, digest: blob.digest, size: blob.size)])
        let bytes = manifest.encoded()
        return Descriptor(
            mediaType: .manifest, digest: try store.put(bytes, .deferred), size: Int64(bytes.count))
    }
}

/// Takes bytes and forgets them.
private final class Nowhere: ByteSink {
    func write(_ bytes: ArraySlice<UInt8>) {}
}
