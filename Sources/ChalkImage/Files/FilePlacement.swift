internal import ChalkArchive
internal import ChalkContext
internal import ChalkOCI
internal import ChalkPlan
internal import ChalkSystem

/// Finds what a step's files are and where they land, in the order of a layer.
struct FilePlacement {
    /// Where a step's sources are looked for.
    struct Sources {
        /// The build context.
        let context: () throws -> ContextSelection
        /// Unpacks an LZ4 frame of at most a bounded size.
        let decodeLZ4: ([UInt8]) throws -> [UInt8]
        /// Selected paths of an earlier stage, placed below a destination.
        let stage: (_ stage: Int, _ paths: [String], _ exclude: [String]) throws -> [StageFile]
        /// Notes what the ignore files of a local directory should be warned about.
        let warn: (_ warning: IgnoreWarning, _ directory: String) -> Void
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
    private var entries: StepEntries
    /// Directories that were listed with those above them.
    private var listed: Set<[UInt8]> = []
    private var lastListed: [UInt8]?

    private init(
        owner: FileOperation.Owner?, on tree: TreeBelow, into entries: StepEntries, sources: Sources
    ) {
        self.owner = owner
        self.tree = tree
        self.entries = entries
        self.sources = sources
    }

    /// The entries of the layer that a step makes, parents included, in order.
    ///
    /// - Parameter empty: what they are added to.
    static func entries(
        of operation: FileOperation, owner: FileOperation.Owner?, on tree: TreeBelow,
        into empty: StepEntries, sources: Sources
    ) throws -> StepEntries {
        var placement = FilePlacement(owner: owner, on: tree, into: empty, sources: sources)
        for item in operation.items { try placement.place(item) }
        return placement.arranged()
    }

    /// The entries that make directories with their missing parents; none when all are there.
    ///
    /// - Parameter owner: finds the owner of what is made; called only when something is.
    static func entries(
        of operation: DirectoryOperation, on tree: TreeBelow,
        owner: (String) throws -> FileOperation.Owner, into empty: StepEntries, sources: Sources
    ) throws -> StepEntries {
        let missing = try operation.paths.map { try tree.resolve($0) }
            .filter { !$0.isEmpty && !tree.isDirectory($0) }
        if missing.isEmpty { return empty }
        var placement = FilePlacement(
            owner: try operation.owner.map(owner), on: tree, into: empty, sources: sources)
        for path in missing { try placement.listDirectories(to: path) }
        return placement.arranged()
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
            path,
            EntryList.Fields(
                kind: .file, mode: item.mode ?? 0o644, origin: entries.add(.bytes(bytes)),
                stamp: FileStamp(Digest.of(bytes), size: Int64(bytes.count))))
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
        let directory = try HostDirectory(PathText.parent(of: real))
        let name = Array(PathText.name(of: real).utf8)
        let status = try directory.descriptor.status(of: name)
        guard status.kind == .file else {
            throw ChalkError(.failed, "\(real) is not a regular file any more")
        }
        try listDirectories(to: LayerPaths.parent(of: path))
        let origin = entries.add(.host(directory, prefix: name, dropped: path.count))
        put(
            path,
            EntryList.Fields(
                kind: .file, mode: mode ?? FileTable.imageMode(of: status), origin: origin,
                stamp: status.stamp))
    }

    private mutating func placeDirectory(_ source: String, below root: [UInt8], exclude: [String]) throws {
        let directory = try HostDirectory(source)
        let walker = try ContextWalker(
            options: .init(
                exclude: exclude.map { Array($0.utf8) }, readsStatus: true, findsDifferences: true))
        try listDirectories(to: root)
        let origin = entries.add(
            .host(directory, prefix: [], dropped: root.isEmpty ? 0 : root.count + 1))
        let warnings = try walker.walk(directory.descriptor) { entry, verdict in
            guard !verdict.isIgnored, let stamp = entry.status?.stamp else { return }
            try put(
                entry.kind, stamp, entry.linkTarget ?? [], at: LayerPaths.join(root, entry.path),
                origin: origin, mode: nil, name: { "\(source)/\(entry.path.display)" })
        }
        for warning in warnings { sources.warn(warning, source) }
    }

    private mutating func placeContext(
        _ patterns: [String], _ exclude: [String], _ item: FileOperation.Item
    ) throws {
        let context = try sources.context()
        let root = try HostDirectory(context.directory)
        for source in try context.select(patterns, exclude: exclude) {
            if source.isDirectory {
                let target = try tree.resolve(item.destination)
                try listDirectories(to: target)
                let origin = entries.add(
                    .host(root, prefix: source.path, dropped: target.isEmpty ? 0 : target.count + 1))
                let skipped = source.path.isEmpty ? 0 : source.path.count + 1
                let prefix = target.isEmpty ? [] : target + [UInt8(ascii: "/")]
                for index in source.entries {
                    let path = prefix + context.listing.path(index).dropFirst(skipped)
                    // What is not left out lists its directories itself.
                    if !exclude.isEmpty { try listDirectories(to: LayerPaths.parent(of: path)) }
                    try put(context, index, at: path, origin, item.mode)
                }
            } else if let index = source.entries.first {
                let name = Array(context.listing.path(index))
                let path = try fileDestination(item, name: LayerPaths.name(of: name))
                let origin = entries.add(.host(root, prefix: name, dropped: path.count))
                try listDirectories(to: LayerPaths.parent(of: path))
                try put(context, index, at: path, origin, item.mode)
            }
        }
    }

    private mutating func put(
        _ context: ContextSelection, _ index: Int, at path: [UInt8], _ origin: Int32, _ mode: UInt32?
    ) throws {
        try put(
            context.listing.kind(index), context.listing.stamp(index), context.listing.target(index),
            at: path, origin: origin, mode: mode,
            name: { "\(context.directory)/\(Array(context.listing.path(index)).display)" })
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
        var fields = EntryList.Fields(
            kind: .file, mode: item.mode ?? entry.mode, uid: entry.uid, gid: entry.gid)
        switch entry.content {
        case .directory: fields.kind = .directory
        case .link(let target):
            fields.kind = .link
            return put(path, fields, target: target)
        case .file(let digest, let size, let origin):
            fields.origin = entries.add(origin)
            fields.stamp = FileStamp(digest, size: size)
        }
        put(path, fields)
    }

    private mutating func put(
        _ kind: FileStatus.Kind, _ stamp: FileStamp, _ target: [UInt8], at path: [UInt8], origin: Int32,
        mode: UInt32?, name: () -> String
    ) throws {
        let image = FileTable.imageMode(of: kind, stamp.mode)
        switch kind {
        case .directory: put(path, EntryList.Fields(kind: .directory, mode: mode ?? image))
        case .link: put(path, EntryList.Fields(kind: .link, mode: image), target: target)
        case .file:
            put(path, EntryList.Fields(kind: .file, mode: mode ?? image, origin: origin, stamp: stamp))
        case .fifo, .socket, .characterDevice, .blockDevice, .unknown:
            throw ChalkError(
                .failed,
                "\(name()) is a \(kind.noun), which no layer from a directory holds; add it to .chalkignore")
        }
    }

    /// Lists a directory and those above it, with the attributes they have or get.
    private mutating func listDirectories(to path: [UInt8]) throws {
        if path == lastListed { return }
        for end in LayerPaths.ends(of: path) {
            let directory = Array(path[..<end])
            guard listed.insert(directory).inserted else { continue }
            guard let listing = tree.listing(of: directory) else {
                throw ChalkError(
                    .failed,
                    "/\(directory.display) is a file in the image, so nothing can be put below it; choose another destination"
                )
            }
            if case .listed(let attributes, let isNew) = listing {
                let owned = isNew ? owner : nil
                entries.list.append(
                    path: directory, isImplied: true,
                    EntryList.Fields(
                        kind: .directory, mode: attributes.mode, uid: owned?.uid ?? attributes.uid,
                        gid: owned?.gid ?? attributes.gid))
            }
        }
        lastListed = path
    }

    private mutating func put(_ path: [UInt8], _ fields: EntryList.Fields, target: [UInt8] = []) {
        var fields = fields
        if let owner { (fields.uid, fields.gid) = (owner.uid, owner.gid) }
        if fields.kind == .directory { listed.insert(path) }
        entries.list.append(path: path, target: target, fields)
    }

    private func arranged() -> StepEntries {
        var arranged = entries
        arranged.list.arrange()
        return arranged
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
