internal import ChalkArchive
internal import ChalkContext
internal import ChalkOCI
internal import ChalkPlan
internal import ChalkSystem

/// Finds what a step's files are and where they land, in the order of a layer.
struct FilePlacement {
    /// Where a step's sources are looked for.
    struct Sources {
        /// A tree on the host.
        let host: (FileOperation.Tree) throws -> HostTree
        /// The files of a stage.
        let stage: (Int) throws -> StageFiles
        /// The file at a URL.
        let download: (Download) throws -> FetchedFile
        /// A place for content that is needed a second time.
        let spool: () throws -> Spool
        /// Unpacks an LZ4 frame of at most a bounded size.
        let decodeLZ4: ([UInt8]) throws -> [UInt8]
        /// Notes what the ignore files of a local directory should be warned about.
        let warn: (_ warning: IgnoreWarning, _ directory: String) -> Void
        /// Notes a pattern that selects nothing.
        let unmatched: (_ pattern: String) -> Void
        /// Ends long work.
        let cancellation: Cancellation
    }

    let sources: Sources
    let tree: TreeBelow
    let owner: FileOperation.Owner?
    var entries: StepEntries
    /// Directories that were listed with those above them.
    private var listed: Set<[UInt8]> = []
    private var lastListed: [UInt8]?
    /// The directory of the last copied entry, and whether it is there below.
    private var entered: (directory: [UInt8], isBelow: Bool)?

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
        case .bytes(let bytes): try place(bytes, at: specDestination(item), item)
        case .lz4Frame(let frame):
            try place(try sources.decodeLZ4(frame), at: specDestination(item), item)
        case .localFile(let path):
            try placeHostFile(try FileSystem.resolved(path), at: try specDestination(item), item)
        case .localDirectory(let path, let exclude):
            try placeDirectory(path, below: try tree.resolve(item.destination), exclude: exclude)
        case .inline(let name, let bytes):
            let path = try destination(item, name: Array(name.utf8))
            try enter(path, isDirectory: false)
            try place(bytes, at: path, item)
        case .selection(let selection):
            switch selection.tree {
            case .stage(let stage): try place(selection, of: try sources.stage(stage), item)
            case .context, .directory, .repository:
                try place(selection, of: try sources.host(selection.tree), item)
            }
        case .download(let download, let unpacks):
            try place(try sources.download(download), unpacks: unpacks, item)
        }
    }

    private mutating func place(_ bytes: [UInt8], at path: [UInt8], _ item: FileOperation.Item) throws {
        try listDirectories(to: LayerPaths.parent(of: path))
        put(
            path,
            EntryList.Fields(
                kind: .file, mode: item.mode(of: 0o644), origin: entries.add(.bytes(bytes)),
                stamp: FileStamp(Digest.of(bytes), size: Int64(bytes.count))))
    }

    /// Where one file of a spec lands: links in the directories above it are followed, one in its own place is
    /// replaced.
    private func specDestination(_ item: FileOperation.Item) throws -> [UInt8] {
        let parent = try tree.resolve(PathText.parent(of: item.destination))
        return LayerPaths.join(parent, Array(PathText.name(of: item.destination).utf8))
    }

    /// Where one file of a COPY or ADD lands: all links of the destination are followed, and below a directory it
    /// keeps its name.
    func destination(_ item: FileOperation.Item, name: [UInt8]) throws -> [UInt8] {
        let whole = try tree.resolve(item.destination)
        return item.isDirectory || tree.isDirectory(whole) ? LayerPaths.join(whole, name) : whole
    }

    private mutating func placeHostFile(
        _ real: String, at path: [UInt8], _ item: FileOperation.Item
    ) throws {
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
                kind: .file, mode: item.mode(of: ImageMode.of(status)), origin: origin,
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
                origin: origin, mode: nil
            ) {
                "\(source)/\(entry.path.display) is a \(entry.kind.noun), which no layer from a directory holds; add it to .chalkignore"
            }
        }
        for warning in warnings { sources.warn(warning, source) }
    }

    /// Puts something of the host at a path.
    ///
    /// - Parameter refusal: the sentence for what no layer holds.
    mutating func put(
        _ kind: FileStatus.Kind, _ stamp: FileStamp, _ target: [UInt8], at path: [UInt8], origin: Int32,
        mode: ModeChange?, refusal: () -> String
    ) throws {
        let image = ImageMode.of(kind, stamp.mode)
        func changed(_ isDirectory: Bool) -> UInt32 {
            mode?.applied(to: image, isDirectory: isDirectory) ?? image
        }
        switch kind {
        case .directory: put(path, EntryList.Fields(kind: .directory, mode: changed(true)))
        case .link: put(path, EntryList.Fields(kind: .link, mode: image), target: target)
        case .file:
            put(path, EntryList.Fields(kind: .file, mode: changed(false), origin: origin, stamp: stamp))
        case .fifo, .socket, .characterDevice, .blockDevice, .unknown: throw ChalkError(.failed, refusal())
        }
    }

    /// Lists a directory and those above it, with the attributes they have or get.
    mutating func listDirectories(to path: [UInt8]) throws {
        if path == lastListed { return }
        // What is listed was listed after what is above it.
        if listed.contains(path) {
            lastListed = path
            return
        }
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

    /// Lists what is above an entry that is copied, and refuses a file where the image has a directory, and a directory
    /// where it has something else.
    mutating func enter(_ path: [UInt8], isDirectory: Bool) throws {
        let parent = path[..<(path.lastIndex(of: UInt8(ascii: "/")) ?? 0)]
        if entered?.directory[...] != parent {
            let directory = Array(parent)
            try listDirectories(to: directory)
            entered = (directory, tree.isDirectory(directory))
        }
        guard entered?.isBelow == true else { return }
        if isDirectory {
            if tree.listing(of: path) == nil {
                throw ChalkError(
                    .failed,
                    "/\(path.display) is a link or file in the image, where a directory is copied to; copy to where it leads, or use --link"
                )
            }
        } else if tree.isDirectory(path) {
            throw ChalkError(
                .failed,
                "/\(path.display) is a directory in the image, which a file cannot replace; remove it first, or end the destination in /"
            )
        }
    }

    mutating func put(
        _ path: [UInt8], _ fields: EntryList.Fields, target: [UInt8] = [],
        attributes: [LayerEntry.Attribute] = []
    ) {
        var fields = fields
        if let owner { (fields.uid, fields.gid) = (owner.uid, owner.gid) }
        if fields.kind == .directory { listed.insert(path) }
        entries.list.append(path: path, target: target, attributes: attributes, fields)
    }

    private func arranged() -> StepEntries {
        var arranged = entries
        arranged.list.arrange()
        return arranged
    }
}

extension FileOperation.Item {
    /// The bits of a file that has these by itself.
    func mode(of bits: UInt32) -> UInt32 {
        mode?.applied(to: bits, isDirectory: false) ?? bits
    }
}

extension FileStatus.Kind {
    /// What it is, in a sentence.
    var noun: String {
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
