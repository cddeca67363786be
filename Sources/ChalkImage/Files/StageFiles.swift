internal import ChalkArchive
internal import ChalkContext
internal import ChalkOCI
internal import ChalkPlan
internal import ChalkStore
internal import ChalkSystem

/// The files of a finished stage, for COPY --from.
///
/// Content comes from the layers' blobs, not from unpacked trees: without root some of those cannot be read.
struct StageFiles {
    private let session: BuildSession
    private let layers: [BuiltLayer]
    private let tree: StackIndex

    init(session: BuildSession, layers: [BuiltLayer]) throws {
        self.session = session
        self.layers = layers
        tree = try StackIndex(try layers.map { try session.index(of: $0) })
    }

    /// A small file's content; nil where there is none.
    ///
    /// - Parameter limit: most bytes.
    func read(_ path: String, limit: Int64) throws -> [UInt8]? {
        guard let real = try? resolve(Array(ImageTreePath.normalized(path).utf8.dropFirst())),
            case .file = look(real),
            case .file(_, let size, .spooled(let spool, let start))? = try read([real])[real]?.content,
            size <= limit
        else { return nil }
        var bytes = [UInt8](repeating: 0, count: Int(size))
        try spool.read(into: &bytes, offset: 0, count: bytes.count, at: start)
        return bytes
    }

    /// What is at paths, each from the topmost layer that has it; files with their content.
    func read(_ paths: some Sequence<[UInt8]>) throws -> [[UInt8]: PlacedEntry] {
        let spool = try Spool.make(in: "\(session.store.path)/chalk")
        var left = Set(paths)
        var found: [[UInt8]: PlacedEntry] = [:]
        for layer in layers.reversed() where !left.isEmpty {
            try session.cancellation.check()
            try session.fetch([layer])
            var links: [[UInt8]: [[UInt8]]] = [:]
            let here = try scan(layer, left, spool) { path, target in links[target, default: []].append(path)
            }
            found.merge(here) { old, _ in old }
            left.subtract(here.keys)
            if !links.isEmpty {
                let targets = try scan(layer, Set(links.keys), spool) { _, _ in }
                for (target, paths) in links {
                    guard let entry = targets[target] else { continue }
                    for path in paths {
                        found[path] = entry
                        left.remove(path)
                    }
                }
            }
        }
        // Directories that no layer lists.
        for path in left { found[path] = PlacedEntry(content: .directory, mode: 0o755) }
        return found
    }

    private func scan(
        _ layer: BuiltLayer, _ wanted: Set<[UInt8]>, _ spool: Spool, hardLink: ([UInt8], [UInt8]) -> Void
    ) throws -> [[UInt8]: PlacedEntry] {
        var found: [[UInt8]: PlacedEntry] = [:]
        let archive = try ForeignArchive(try session.store.source(of: layer.descriptor))
        while let entry = try archive.next() {
            guard wanted.contains(entry.path) else { continue }
            if case .hardLink(let target) = entry.kind {
                hardLink(entry.path, target)
            } else {
                found[entry.path] = try PlacedEntry(entry, content: archive.content, into: spool)
            }
        }
        return found
    }
}

extension StageFiles: SourceTree {
    func look(_ path: [UInt8]) -> LowerNode {
        path.isEmpty ? .directory(mode: 0o755, uid: 0, gid: 0) : tree.lookup(path)
    }

    func names(in directory: [UInt8]) -> [[UInt8]] { tree.names(in: directory) }

    func entry(at path: [UInt8]) -> [UInt8]? {
        if path.isEmpty { return nil }
        if case .missing = tree.lookup(path) { return nil }
        return path
    }

    func entries(below directory: [UInt8]) -> [[UInt8]] {
        names(in: directory).flatMap { name in
            let path = LayerPaths.join(directory, name)
            return [path] + entries(below: path)
        }
    }

    func path(of entry: [UInt8]) -> [UInt8] { entry }

    func missing(_ pattern: String) -> ChalkError {
        ChalkError(.failed, "COPY --from finds nothing at \(pattern) in the stage; check the path")
    }
}
