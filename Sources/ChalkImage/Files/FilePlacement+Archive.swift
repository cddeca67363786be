internal import ChalkArchive
internal import ChalkContext
internal import ChalkOCI
internal import ChalkPlan
internal import ChalkSystem

/// What ADD unpacks and fetches.
extension FilePlacement {
    /// A tar to unpack.
    struct Archive {
        /// What errors call it.
        let name: String
        let content: any ByteSource
    }

    /// Places the file at a URL, or what is in it.
    mutating func place(_ file: FetchedFile, unpacks: Bool, _ item: FileOperation.Item) throws {
        if unpacks, TarProbe.isTar(FileStream(try file.open())) {
            return try unpack(Archive(name: file.url, content: FileStream(try file.open())), [], item)
        }
        let path = try destination(item, name: Array(file.name.utf8))
        try enter(path, isDirectory: false)
        let origin = entries.add(.spooled(SpoolFile(try file.open()), start: 0))
        put(
            path,
            EntryList.Fields(
                kind: .file, mode: item.mode(of: 0o600), origin: origin,
                stamp: FileStamp(file.digest, size: file.size)))
    }

    /// Places the entries of a tar below the destination, which is the root for its links.
    ///
    /// Unlike a copy, an entry takes the place of whatever the image has there; only directories are merged.
    mutating func unpack(_ archive: Archive, _ excludes: [String], _ item: FileOperation.Item) throws {
        do {
            let root = try tree.resolve(item.destination)
            try listDirectories(to: root)
            var unpacked = UnpackedTree(archive.name, below: root, on: tree)
            let excluded = try PathPattern.matcher(excludes)
            let spool = try sources.spool()
            let reader = try ForeignArchive(archive.content)
            while let entry = try reader.next() {
                try sources.cancellation.check()
                // The destination's own attributes stay.
                if entry.path.isEmpty { continue }
                if try excluded?(entry.path) ?? false { continue }
                let real = try unpacked.place(of: entry.path)
                let placed: PlacedEntry
                if case .hardLink(let target) = entry.kind {
                    placed = try unpacked.target(of: entry, target)
                } else {
                    placed = try PlacedEntry(entry, content: reader.content, into: spool)
                }
                unpacked.note(placed, at: real)
                let path = LayerPaths.join(root, real)
                try listDirectories(to: LayerPaths.parent(of: path))
                place(placed, at: path, item)
            }
        } catch let error as ArchiveError {
            throw ChalkError(.failed, "cannot unpack \(archive.name): \(error)")
        }
    }
}

/// What an archive has put below a directory so far, over what is there. Paths are relative to that directory.
private struct UnpackedTree {
    private let name: String
    private let root: [UInt8]
    private let below: TreeBelow
    private var own: [[UInt8]: PlacedEntry] = [:]

    /// - Parameter name: what errors call the archive.
    init(_ name: String, below root: [UInt8], on tree: TreeBelow) {
        self.name = name
        self.root = root
        below = tree
    }

    /// Where an entry lands: links among its parents are followed, itself not.
    func place(of path: [UInt8]) throws -> [UInt8] {
        let parent = try RootedPath.resolve(LayerPaths.parent(of: path), followingLast: true) {
            look(LayerPath.path($0))
        }
        return LayerPaths.join(LayerPath.path(parent), LayerPaths.name(of: path))
    }

    /// What a hard link is one more name of.
    func target(of entry: LayerEntry, _ target: [UInt8]) throws -> PlacedEntry {
        guard let found = own[try place(of: target)], !found.isDirectory else {
            throw ChalkError(
                .failed,
                "cannot unpack \(name): its hard link \(entry.path.display) leads to \(target.display), which is no file that comes before it"
            )
        }
        return found
    }

    mutating func note(_ entry: PlacedEntry, at path: [UInt8]) { own[path] = entry }

    private func look(_ path: [UInt8]) -> LowerNode {
        switch own[path]?.content {
        case .directory: .directory(mode: 0o755, uid: 0, gid: 0)
        case .link(let target): .link(target: target)
        case .file, .node: .file
        case nil: below.look(LayerPaths.join(root, path))
        }
    }
}

extension HostTree {
    /// The tar that a file is; nil for other files.
    func archive(at index: Int) throws -> FilePlacement.Archive? {
        guard listing.kind(index) == .file else { return nil }
        let path = path(of: index)
        let name = "\(directory.path)/\(path.display)"
        func open() throws -> HostFileSource {
            try HostFileSource(path, in: directory, stamp: listing.stamp(index), name: name)
        }
        guard TarProbe.isTar(try open()) else { return nil }
        return FilePlacement.Archive(name: name, content: try open())
    }
}
