internal import ChalkArchive
internal import ChalkContext
internal import ChalkOCI
internal import ChalkPlan
internal import ChalkStore
internal import ChalkSystem

/// Selected paths of a finished stage, with their content, for COPY --from.
///
/// Content comes from the layers' blobs, not from unpacked trees: without root some of those cannot be read.
struct StageFiles {
    let session: BuildSession
    let layers: [BuiltLayer]

    /// The entries that patterns select, each with its place below the destination.
    func select(_ patterns: [String], exclude: [String]) throws -> [FilePlacement.StageFile] {
        let tree = try StackIndex(try layers.map { try session.index(of: $0) })
        let excluded = try PathPattern.matcher(exclude)
        var wanted: [[UInt8]: (relative: [UInt8], source: [UInt8])] = [:]
        for pattern in patterns {
            let sources = try expand(pattern, tree)
            if sources.isEmpty {
                throw ChalkError(
                    .failed, "COPY --from finds nothing at \(pattern) in the stage; check the path")
            }
            for source in sources {
                let real = try tree.resolve(source, followingLast: true)
                try collect(real, below: real, LayerPaths.name(of: source), tree, excluded, into: &wanted)
            }
        }
        return try read(wanted)
    }

    private func expand(_ pattern: String, _ tree: StackIndex) throws -> [[UInt8]] {
        let path = Array(ImageTreePath.normalized(pattern).utf8.dropFirst())
        guard PathPattern.hasWildcards(pattern) else {
            if path.isEmpty { return [[]] }
            if case .missing = tree.lookup(try tree.resolve(path, followingLast: true)) { return [] }
            return [path]
        }
        var found: [[UInt8]] = [[]]
        for component in path.split(separator: UInt8(ascii: "/")) {
            let part = try PathPattern(Array(component))
            found = try found.flatMap { directory in
                try tree.names(in: directory).filter { try part.matches($0) }.map {
                    LayerPaths.join(directory, $0)
                }
            }
        }
        return found
    }

    private func collect(
        _ path: [UInt8], below root: [UInt8], _ source: [UInt8], _ tree: StackIndex,
        _ excluded: ([UInt8]) throws -> Bool,
        into wanted: inout [[UInt8]: (relative: [UInt8], source: [UInt8])]
    ) throws {
        let relative = path == root ? [] : Array(path.dropFirst(root.isEmpty ? 0 : root.count + 1))
        if !relative.isEmpty, try excluded(relative) { return }
        wanted[path] = (relative, source)
        if case .directory = tree.lookup(path) {
            for name in tree.names(in: path) {
                try collect(LayerPaths.join(path, name), below: root, source, tree, excluded, into: &wanted)
            }
        }
    }

    /// Reads what is wanted from the topmost layer that has it.
    private func read(
        _ wanted: [[UInt8]: (relative: [UInt8], source: [UInt8])]
    ) throws -> [FilePlacement.StageFile] {
        let spool = try Spool.make(in: "\(session.store.path)/chalk")
        var left = Set(wanted.keys)
        var found: [[UInt8]: PlacedEntry] = [:]
        for layer in layers.reversed() where !left.isEmpty {
            try session.fetcher.fetch([layer.descriptor])
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
                        found[path] = PlacedEntry(
                            path: path, content: entry.content, mode: entry.mode, uid: entry.uid,
                            gid: entry.gid)
                        left.remove(path)
                    }
                }
            }
        }
        return wanted.keys.sorted { FileTable.precedes($0, $1) }.compactMap { path in
            guard let place = wanted[path] else { return nil }
            let entry = found[path] ?? PlacedEntry(path: path, content: .directory, mode: 0o755)
            return FilePlacement.StageFile(path: place.relative, sourceName: place.source, entry: entry)
        }
    }

    private func scan(
        _ layer: BuiltLayer, _ wanted: Set<[UInt8]>, _ spool: Spool, hardLink: ([UInt8], [UInt8]) -> Void
    ) throws -> [[UInt8]: PlacedEntry] {
        var found: [[UInt8]: PlacedEntry] = [:]
        let archive = try ForeignArchive(try session.store.source(of: layer.descriptor))
        while let entry = try archive.next() {
            guard wanted.contains(entry.path) else { continue }
            let content: PlacedEntry.Content
            switch entry.kind {
            case .directory: content = .directory
            case .link(let target): content = .link(target)
            case .file(let size):
                let (origin, digest) = try spool.append(archive.content)
                content = .file(digest, size: size, origin)
            case .hardLink(let target):
                hardLink(entry.path, target)
                continue
            case .fifo, .characterDevice, .blockDevice:
                throw ChalkError(
                    .failed, "COPY --from cannot copy /\(entry.path.display): it is a FIFO or device")
            }
            found[entry.path] = PlacedEntry(
                path: entry.path, content: content, mode: entry.mode, uid: entry.uid, gid: entry.gid)
        }
        return found
    }
}
