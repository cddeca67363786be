internal import ChalkArchive
internal import ChalkOCI
internal import ChalkStore
internal import ChalkSystem

/// Takes in an unpacked docker archive (`docker save`).
struct DockerArchiveImport {
    let store: ContentStore
    let options: ImportOptions
    /// Where it was unpacked.
    let directory: String
    /// What the user called it, for errors.
    let path: String

    func take() throws -> Descriptor {
        let root = try FileDescriptor.directory(directory)
        let entry = try choose(try JSON.parse(try read("manifest.json", root)).array ?? [])
        guard let configName = entry["Config"]?.string, let layerNames = entry["Layers"]?.strings else {
            throw wrong("its manifest.json names no Config or no Layers")
        }
        let configBytes = try read(configName, root)
        let config = try ImageConfig(parsing: configBytes)
        guard config.diffIDs.count == layerNames.count else {
            throw wrong("layers and diffIDs do not match in number")
        }
        var layers: [Descriptor] = []
        for (name, diffID) in zip(layerNames, config.diffIDs) { layers.append(try layer(name, diffID, root)) }
        let manifest = Manifest(
            config: Descriptor(
                mediaType: .config, digest: try store.put(configBytes, .deferred),
                size: Int64(configBytes.count)),
            layers: layers)
        let bytes = manifest.encoded()
        return Descriptor(
            mediaType: .manifest, digest: try store.put(bytes, .deferred), size: Int64(bytes.count))
    }

    private func choose(_ entries: [JSON]) throws -> JSON {
        if let name = options.sourceName {
            if let entry = entries.first(where: { $0["RepoTags"]?.strings?.contains(name) == true }) {
                return entry
            }
            throw ChalkError(.notFound, "\(path) holds no image called \(name)")
        }
        guard entries.count == 1 else {
            throw ChalkError(
                .invalidInput, "\(path) holds \(entries.count) images; choose one with --ref NAME")
        }
        return entries[0]
    }

    /// A layer as it is where it is compressed, else in gzip; its diffID checked.
    private func layer(_ name: String, _ diffID: DiffID, _ root: borrowing FileDescriptor) throws
        -> Descriptor
    {
        let hash = MemoryFreeHasher()
        try Decompressor(FileStream(try open(name, root))).drain(into: hash)
        guard hash.digest == diffID.digest else {
            throw wrong("layer \(name) has diffID \(hash.digest) instead of \(diffID)")
        }
        let plain = try Decompressor(FileStream(try open(name, root)))
        let ingest = try store.ingest(.deferred)
        let type: MediaType
        switch plain.format {
        case .gzip, .zstd:
            try FileStream(try open(name, root)).drain(into: ingest)
            type = plain.format == .gzip ? .layerGzip : .layerZstd
        default:
            let compressor = try StreamCompressor(compression: .defaultGzip, sink: ingest)
            try plain.drain(into: compressor)
            _ = try compressor.finish()
            type = .layerGzip
        }
        let blob = try ingest.commit()
        return Descriptor(mediaType: type, digest: blob.digest, size: blob.size)
    }

    private func read(_ name: String, _ root: borrowing FileDescriptor) throws -> [UInt8] {
        try open(name, root).readToEnd(limit: ContentStore.documentLimit)
    }

    /// Opens a member; older archives name layers by links inside the archive.
    private func open(_ name: String, _ root: borrowing FileDescriptor) throws -> FileDescriptor {
        do {
            let path = try RootedPath.resolve(Array(name.utf8), followingLast: true) { components in
                let path = Array(components.joined(separator: [UInt8(ascii: "/")]))
                guard let status = try root.statusIfPresent(of: path) else { return .missing }
                switch status.kind {
                case .link: return .link(target: try root.linkTarget(of: path))
                case .directory: return .directory(mode: status.mode, uid: status.uid, gid: status.gid)
                default: return .file
                }
            }
            return try root.open(Array(path.joined(separator: [UInt8(ascii: "/")])), [.readOnly, .noFollow])
        } catch let error as SystemError where error.isNotFound {
            throw wrong("it lacks \(name)")
        }
    }

    private func wrong(_ why: String) -> ChalkError {
        ChalkError(.failed, "cannot import the docker archive \(path): \(why)")
    }
}

/// Digests what it is given.
private final class MemoryFreeHasher: ByteSink {
    private var hasher = SHA256Hasher()
    var digest: Digest { hasher.finish() }
    func write(_ bytes: ArraySlice<UInt8>) { hasher.update(bytes) }
}
