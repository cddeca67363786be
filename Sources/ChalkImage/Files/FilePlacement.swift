internal import ChalkContext
internal import ChalkOCI
internal import ChalkPlan
internal import ChalkSystem

/// Finds what a step's files are and where they land, in the order of a layer.
struct FilePlacement {
    /// Where a step's sources are looked for.
    struct Sources {
        /// Digests of files by what `lstat` says.
        let digests: FileDigestCache
        /// The build context.
        let context: () throws -> ContextSelection
        /// Unpacks an LZ4 frame of at most a bounded size.
        let decodeLZ4: ([UInt8]) throws -> [UInt8]
        /// Selected paths of an earlier stage, placed below a destination.
        let stage: (_ stage: Int, _ paths: [String], _ exclude: [String]) throws -> [StageFile]
        /// Notes something that people should know.
        let warn: (String) -> Void
    }

    /// One entry of an earlier stage that a COPY selects.
    struct StageFile {
        /// Below the destination; empty for a file that is the source itself.
        let path: [UInt8]
        /// Name of the source, for destinations that are directories.
        let sourceName: [UInt8]
        let entry: PlacedEntry
    }

    private let sources: Sources
    private let tree: TreeBelow
    private let owner: FileOperation.Owner?
    private var entries: [PlacedEntry] = []
    private var positions: [[UInt8]: Int] = [:]

    private init(owner: FileOperation.Owner?, on tree: TreeBelow, sources: Sources) {
        self.owner = owner
        self.tree = tree
        self.sources = sources
    }

    /// The entries of the layer that a step makes, parents included, sorted.
    static func entries(
        of operation: FileOperation, owner: FileOperation.Owner?, on tree: TreeBelow, sources: Sources
    ) throws -> [PlacedEntry] {
        var placement = FilePlacement(owner: owner, on: tree, sources: sources)
        for item in operation.items { try placement.place(item) }
        return placement.sorted()
    }

    /// The entries that make directories with their missing parents; none when all are there.
    ///
    /// - Parameter owner: finds the owner of what is made; called only when something is.
    static func entries(
        of operation: DirectoryOperation, on tree: TreeBelow,
        owner: (String) throws -> FileOperation.Owner, sources: Sources
    ) throws -> [PlacedEntry] {
        let missing = try operation.paths.map { try tree.resolve($0) }
            .filter { !$0.isEmpty && !tree.isDirectory($0) }
        if missing.isEmpty { return [] }
        var placement = FilePlacement(owner: try operation.owner.map(owner), on: tree, sources: sources)
        for path in missing { try placement.listDirectories(to: path) }
        return placement.sorted()
    }

    private mutating func place(_ item: FileOperation.Item) throws {
        switch item.source {
        case .bytes(let bytes): try placeBytes(bytes, item)
        case .lz4Frame(let frame): try placeBytes(try sources.decodeLZ4(frame), item)
        case .localFile(let path):
            let real = try FileSystem.resolved(path)
            try placeHostFile(real, at: try fileDestination(item, name: nil), mode: item.mode)
        case .localDirectory(let path, let exclude):
            try placeDirectory(path, below: try tree.resolve(item.destination), exclude: exclude)
        case .context(let patterns, let exclude): try placeContext(patterns, exclude, item)
        case .stage(let stage, let patterns, let exclude):
            for file in try sources.stage(stage, patterns, exclude) { try placeStageFile(file, item) }
        }
    }

    private mutating func placeBytes(_ bytes: [UInt8], _ item: FileOperation.Item) throws {
        let path = try fileDestination(item, name: nil)
        try listDirectories(to: LayerPaths.parent(of: path))
        put(
            path, .file(Digest.of(bytes), size: Int64(bytes.count)) { MemorySource(bytes) },
            mode: item.mode ?? 0o644)
    }

    /// Where one file lands: links in the directories above it are followed, one in its own place is replaced.
    private func fileDestination(_ item: FileOperation.Item, name: [UInt8]?) throws -> [UInt8] {
        if let name, !name.isEmpty {
            let whole = try tree.resolve(item.destination)
            if item.isDirectory || tree.isDirectory(whole) { return LayerPaths.join(whole, name) }
        }
        let parent = try tree.resolve(PathText.parent(of: item.destination))
        return LayerPaths.join(parent, Array(PathText.name(of: item.destination).utf8))
    }

    private mutating func placeHostFile(_ real: String, at path: [UInt8], mode: UInt32?) throws {
        let directory = try FileDescriptor.directory(PathText.parent(of: real))
        let name = Array(PathText.name(of: real).utf8)
        let status = try directory.status(of: name)
        guard status.kind == .file else {
            throw ChalkError(.failed, "\(real) is not a regular file any more")
        }
        let files = try hostFiles(directory)
        try listDirectories(to: LayerPaths.parent(of: path))
        put(path, try files.content(name, status), mode: mode ?? FileTable.imageMode(of: status))
    }

    private mutating func placeDirectory(_ source: String, below root: [UInt8], exclude: [String]) throws {
        let directory = try FileDescriptor.directory(source)
        let walker = try ContextWalker(
            options: .init(
                exclude: exclude.map { Array($0.utf8) }, readsStatus: true, findsDifferences: true))
        let files = try hostFiles(directory)
        try listDirectories(to: root)
        let warnings = try walker.walk(directory) { entry, verdict in
            if verdict.isIgnored { return }
            try put(entry, at: LayerPaths.join(root, entry.path), files: files, in: source, mode: nil)
        }
        for warning in warnings { sources.warn("\(source)/\(warning)") }
    }

    private mutating func placeContext(
        _ patterns: [String], _ exclude: [String], _ item: FileOperation.Item
    ) throws {
        let context = try sources.context()
        let root = try FileDescriptor.directory(context.directory)
        let files = try hostFiles(root)
        for source in try context.select(patterns, exclude: exclude) {
            if source.isDirectory {
                let target = try tree.resolve(item.destination)
                try listDirectories(to: target)
                for (relative, entry) in source.entries {
                    let path = LayerPaths.join(target, relative)
                    try listDirectories(to: LayerPaths.parent(of: path))
                    try put(entry, at: path, files: files, in: context.directory, mode: item.mode)
                }
            } else if let (_, entry) = source.entries.first {
                let target = try fileDestination(item, name: LayerPaths.name(of: entry.path))
                try listDirectories(to: LayerPaths.parent(of: target))
                try put(entry, at: target, files: files, in: context.directory, mode: item.mode)
            }
        }
    }

    private mutating func placeStageFile(_ file: StageFile, _ item: FileOperation.Item) throws {
        let path: [UInt8]
        if file.path.isEmpty {
            if case .directory = file.entry.content {
                try listDirectories(to: try tree.resolve(item.destination))
                return
            }
            path = try fileDestination(item, name: file.sourceName)
        } else {
            path = LayerPaths.join(try tree.resolve(item.destination), file.path)
        }
        try listDirectories(to: LayerPaths.parent(of: path))
        let entry = file.entry
        put(path, entry.content, mode: item.mode ?? entry.mode, uid: entry.uid, gid: entry.gid)
    }

    private mutating func put(
        _ entry: ContextEntry, at path: [UInt8], files: HostFiles, in source: String, mode: UInt32?
    ) throws {
        guard let status = entry.status else { return }
        let content: PlacedEntry.Content
        switch entry.kind {
        case .directory: content = .directory
        case .link: content = .link(entry.linkTarget ?? [])
        case .file: content = try files.content(entry.path, status)
        case .fifo, .socket, .characterDevice, .blockDevice, .unknown:
            throw ChalkError(
                .failed,
                "\(source)/\(entry.path.display) is a \(entry.kind.noun), which no layer from a directory holds; "
                    + "add it to .chalkignore")
        }
        let isLink = entry.kind == .link
        put(path, content, mode: isLink ? 0o777 : mode ?? FileTable.imageMode(of: status))
    }

    private func hostFiles(_ root: borrowing FileDescriptor) throws -> HostFiles {
        try HostFiles(root, cache: sources.digests)
    }

    /// Lists a directory and those above it, with the attributes they have or get.
    private mutating func listDirectories(to path: [UInt8]) throws {
        for end in LayerPaths.ends(of: path) {
            let directory = Array(path[..<end])
            if positions[directory] != nil { continue }
            guard let listing = tree.listing(of: directory) else {
                throw ChalkError(
                    .failed,
                    "/\(directory.display) is a file in the image, so nothing can be put below it; choose another destination"
                )
            }
            if case .listed(let attributes, let isNew) = listing {
                let owned = isNew ? owner : nil
                append(
                    PlacedEntry(
                        path: directory, content: .directory, mode: attributes.mode,
                        uid: owned?.uid ?? attributes.uid, gid: owned?.gid ?? attributes.gid))
            }
        }
    }

    private mutating func put(
        _ path: [UInt8], _ content: PlacedEntry.Content, mode: UInt32, uid: UInt32 = 0, gid: UInt32 = 0
    ) {
        append(
            PlacedEntry(
                path: path, content: content, mode: mode, uid: owner?.uid ?? uid, gid: owner?.gid ?? gid))
    }

    /// A later entry takes the place of an earlier one at the same path.
    private mutating func append(_ entry: PlacedEntry) {
        if let position = positions[entry.path] {
            entries[position] = entry
        } else {
            positions[entry.path] = entries.count
            entries.append(entry)
        }
    }

    private func sorted() -> [PlacedEntry] {
        entries.sorted { FileTable.precedes($0.path, $1.path) }
    }
}

extension FileStatus.Kind {
    fileprivate var noun: String {
        switch self {
        case .fifo: "FIFO"
        case .socket: "socket"
        case .characterDevice, .blockDevice: "device"
        case .file: "file"
        case .directory: "directory"
        case .link: "link"
        case .unknown: "thing of an unknown kind"
        }
    }
}
