internal import ChalkArchive
internal import ChalkContext
internal import ChalkOCI
internal import ChalkPlan
internal import ChalkSpec
internal import ChalkSystem

/// Finds the lazy files of a spec and the entries that each of its groups gets, for a build and for a plan alike.
final class GroupFiles {
    private let session: BuildSession
    private let spec: ImageSpec
    private var trees: [LocalDir: LocalTree] = [:]
    /// Directories of single files, each open once.
    private var directories: [String: HostDirectory] = [:]
    /// What should be said of what was found.
    private(set) var warnings: [String] = []

    init(_ spec: ImageSpec, session: BuildSession) {
        self.spec = spec
        self.session = session
    }

    /// A group that is to be made.
    struct Planned {
        let mountPath: String
        let entries: StepEntries
        /// What records and explanations call it.
        let step: Step

        /// Files in it.
        var files: Int { indices.count }
        /// Where they are below the mount path.
        var paths: some Sequence<[UInt8]> { indices.lazy.map { Array(entries.list.path($0)) } }
        /// Bytes of their contents.
        var bytes: Int64 { indices.reduce(0) { $0 + entries.list.size($1) } }

        private var indices: [Int] {
            (0..<entries.list.count).filter { entries.list.fields($0).kind == .file }
        }
    }

    /// Every group, parents first.
    ///
    /// - Throws: ``SpecError`` for files that cannot be grouped or that no group holds.
    func plan() throws -> [Planned] {
        let groups = try VolumeGroups(spec) { [self] dir in try tree(dir).files }.groups
        let roots = groups.map(\.mountDirectory)
        for step in spec.steps {
            guard case .addLocalDir(let dir) = step.kind, dir.strategy == .volume, !dir.archive,
                !roots.contains(dir.dest)
            else { continue }
            warnings.append(
                "\(dir.src) has no file that its ignore rules keep, so nothing is mounted at \(dir.dest)")
        }
        let planned = try groups.map { group in
            Planned(
                mountPath: group.mountDirectory, entries: try entries(of: group, among: roots),
                step: step(of: group))
        }
        for group in planned { noteHidden(by: group, in: planned) }
        return planned
    }

    /// Says what of another group nobody will see because this one is mounted over it.
    private func noteHidden(by group: Planned, in groups: [Planned]) {
        guard let outer = groups.last(where: { ImagePath.lies(group.mountPath, below: $0.mountPath) }) else {
            return
        }
        let place = group.mountPath.utf8.dropFirst(outer.mountPath.utf8.count + 1) + Array("/".utf8)
        guard let file = outer.paths.first(where: { $0.starts(with: place) }) else { return }
        warnings.append(
            "\(group.mountPath) is mounted by itself and hides what \(outer.mountPath) has there, such as \(file.display); put these files into one directory that is added as a whole"
        )
    }

    private func tree(_ dir: LocalDir) throws -> LocalTree {
        if let tree = trees[dir] { return tree }
        let tree = try LocalTree(dir)
        warnings += tree.warnings.map { $0.description(of: dir.src) }
        trees[dir] = tree
        return tree
    }

    // MARK: Entries

    private func entries(of group: VolumeGroups.Group, among roots: [String]) throws -> StepEntries {
        let root = group.mountDirectory
        var entries = StepEntries(mtime: session.options.epoch.seconds, place: place(of: group))
        var listed: Set<[UInt8]> = []
        let sources = try directorySources(root)
        for file in group.files {
            let path = Array(file.dest.utf8.dropFirst(root.utf8.count + 1))
            LazyEntries.addParents(of: path, to: &entries, &listed)
            if let archive = archives[file.dest] {
                try addArchive(archive, at: path, to: &entries)
            } else if let (tree, listed) = sources[path] {
                try LazyEntries.add(listed, of: tree, at: path, to: &entries)
            } else {
                try addFile(file, at: path, to: &entries)
            }
        }
        // What is mounted below a group finds its mount point there also where the group cannot be written to.
        for other in roots where ImagePath.lies(other, below: root) {
            let path = Array(other.utf8.dropFirst(root.utf8.count + 1))
            LazyEntries.addParents(of: path + Array("/".utf8), to: &entries, &listed)
        }
        entries.list.arrange()
        return entries
    }

    /// The files of the lazy directories of one root, by their paths below it.
    private func directorySources(_ root: String) throws -> [[UInt8]: (LocalTree, ListedFile)] {
        var sources: [[UInt8]: (LocalTree, ListedFile)] = [:]
        for step in spec.steps {
            guard case .addLocalDir(let dir) = step.kind, dir.strategy == .volume, !dir.archive,
                dir.dest == root
            else { continue }
            let tree = try tree(dir)
            for file in tree.files { sources[file.path] = (tree, file) }
        }
        return sources
    }

    /// The directories to archive, by the path of the archive.
    private var archives: [String: LocalDir] {
        var archives: [String: LocalDir] = [:]
        for step in spec.steps {
            guard case .addLocalDir(let dir) = step.kind, dir.strategy == .volume, dir.archive else {
                continue
            }
            archives[ImagePath.child(VolumeGroups.archiveName, of: dir.dest)] = dir
        }
        return archives
    }

    private func addArchive(_ dir: LocalDir, at path: [UInt8], to entries: inout StepEntries) throws {
        let tree = try tree(dir)
        var inner = StepEntries(mtime: session.options.epoch.seconds, place: entries.place)
        var listed: Set<[UInt8]> = []
        for file in tree.files {
            LazyEntries.addParents(of: file.path, to: &inner, &listed)
            try LazyEntries.add(file, of: tree, at: file.path, to: &inner)
        }
        inner.list.arrange()
        let archive = try ArchivedTree(inner)
        entries.list.append(
            path: path,
            EntryList.Fields(
                kind: .file, mode: 0o644, origin: entries.add(.archived(archive)),
                stamp: FileStamp(archive.tar.identity, size: archive.tar.size)))
    }

    private func addFile(
        _ file: ChalkSpec.LazyLocalFile, at path: [UInt8], to entries: inout StepEntries
    ) throws {
        guard let target = try FileSystem.statusIfPresent(file.src) else {
            throw ChalkError(
                .notFound,
                "\(file.src), which is to be mounted at \(file.dest), is not there any more; put it back, or take it out of the spec"
            )
        }
        guard target.kind == .file || target.kind == .link else {
            throw ChalkError(
                .invalidInput, "\(file.src), which is to be mounted at \(file.dest), is not a regular file")
        }
        let real = try FileSystem.resolved(file.src)
        let directory = try directory(PathText.parent(of: real))
        let name = Array(PathText.name(of: real).utf8)
        let status = try directory.descriptor.status(of: name)
        guard status.kind == .file else {
            throw ChalkError(
                .invalidInput, "\(file.src), which is to be mounted at \(file.dest), is not a regular file")
        }
        let origin = entries.add(.host(directory, prefix: name, dropped: path.count))
        entries.list.append(
            path: path,
            EntryList.Fields(
                kind: .file, mode: file.mode ?? ImageMode.of(status), origin: origin,
                stamp: status.stamp))
    }

    private func directory(_ path: String) throws -> HostDirectory {
        if let known = directories[path] { return known }
        let opened = try HostDirectory(path)
        directories[path] = opened
        return opened
    }

    // MARK: Names

    /// The group as a step that puts its sources at the root of a layer.
    private func step(of group: VolumeGroups.Group) -> Step {
        let items = spec.steps.compactMap { step -> FileOperation.Item? in
            switch step.kind {
            case .addLocalFile(let file)
            where file.strategy == .volume && ImagePath.parent(of: file.dest) == group.mountDirectory:
                FileOperation.Item(source: .localFile(file.src), destination: file.dest, mode: nil)
            case .addLocalDir(let dir) where dir.strategy == .volume && dir.dest == group.mountDirectory:
                FileOperation.Item(
                    source: .localDirectory(dir.src, exclude: dir.exclude), destination: dir.dest, mode: nil)
            default: nil
            }
        }
        return Step(
            kind: .copy, title: "the lazy files of \(group.mountDirectory)", createdBy: "", origin: nil,
            operation: .files(FileOperation(items: items, owner: nil, followsTree: false)))
    }

    /// Names a group's sources, so that what was seen of them is found the next time.
    private func place(of group: VolumeGroups.Group) -> Digest {
        guard case .files(let operation) = step(of: group).operation else { return Digest.of([]) }
        let words =
            ["group 1", session.settings.format, String(session.options.epoch.seconds), group.mountDirectory]
            + operation.words
        return Digest.of(Array(words.joined(separator: "\0").utf8))
    }
}

/// What lazy files become in a list of entries.
private enum LazyEntries {
    /// Lists the directories above a path.
    static func addParents(of path: [UInt8], to entries: inout StepEntries, _ listed: inout Set<[UInt8]>) {
        let parent = LayerPaths.parent(of: path)
        if parent.isEmpty || listed.contains(parent) { return }
        for end in LayerPaths.ends(of: parent) {
            let directory = Array(path[..<end])
            guard listed.insert(directory).inserted else { continue }
            entries.list.append(
                path: directory, isImplied: true, EntryList.Fields(kind: .directory, mode: 0o755))
        }
    }

    /// Adds a file of a lazy directory.
    static func add(
        _ file: ListedFile, of tree: LocalTree, at path: [UInt8], to entries: inout StepEntries
    ) throws {
        let (source, stamp) = try tree.source(of: file)
        let origin: ContentOrigin =
            source == path
            ? .host(tree.directory, prefix: [], dropped: 0)
            : .host(tree.directory, prefix: source, dropped: path.count)
        entries.list.append(
            path: path,
            EntryList.Fields(
                kind: .file, mode: ImageMode.of(.file, stamp.mode), origin: entries.add(origin),
                stamp: stamp))
    }
}
