internal import ChalkArchive
internal import ChalkOCI
internal import ChalkPlan
internal import ChalkStore
internal import ChalkSystem

/// The files that `RUN --mount=type=bind` shows: parts of the build context and of other stages.
///
/// Files of the context become a layer as COPY would make it and are mounted from that, so that a step sees what its key
/// says even when somebody edits them meanwhile.
struct MountedTrees {
    let session: BuildSession
    let files: StepFiles
    let cache: StepCache
    /// Whether what was found out about a stage is noted in the store; false for a plan.
    let isKept: Bool
    /// A stage that is finished.
    let stage: (Int) throws -> BuiltStage

    /// What is mounted.
    struct Tree {
        /// What it holds, for the key.
        let content: String
        /// The layers that it is a part of.
        let layers: [BuiltLayer]
    }

    /// A tree that a step mounts; files of the context are brought into the store.
    func tree(_ tree: RunMountOperation.Tree) throws -> Tree {
        switch tree.origin {
        case .stage(let index):
            let layers = try stage(index).layers
            return Tree(content: try content(of: tree.path, in: layers), layers: layers)
        case .context:
            let (step, parts) = try contextFiles(tree.path)
            let layers = try parts.compactMap { entries in
                entries.list.count == 0
                    ? nil
                    : try FileLayer(session: session, cache: cache, step: step, entries: entries, notes: [])
                        .build().layer
            }
            return Tree(content: MountedTrees.name(layers.map(\.diffID)), layers: layers)
        }
    }

    /// What a tree holds, without changing the store.
    func content(_ tree: RunMountOperation.Tree) throws -> String {
        switch tree.origin {
        case .stage(let index): return try content(of: tree.path, in: try stage(index).layers)
        case .context:
            let (step, parts) = try contextFiles(tree.path)
            let layers = try parts.compactMap { entries -> DiffID? in
                let layer = FileLayer(session: session, cache: cache, step: step, entries: entries, notes: [])
                return try layer.forecast().0[InputName.files].flatMap { Digest($0) }.map { DiffID($0) }
            }
            return MountedTrees.name(layers)
        }
    }

    private static func name(_ layers: [DiffID]) -> String {
        layers.count == 1 ? "\(layers[0])" : "\(Digest.of(Array("\(layers)".utf8)))"
    }

    /// The files at a path of the context, at the same path.
    private func contextFiles(_ path: String) throws -> (Step, StepEntries.Parts) {
        let item = FileOperation.Item(
            source: .selection(.init([MountedTrees.pattern(path)], of: .context)), destination: path,
            mode: nil)
        let step = Step(
            kind: .copy, title: "the files at \(path) of the build context, to be mounted", createdBy: "",
            origin: nil,
            operation: .files(FileOperation(items: [item], owner: nil, followsTree: false)))
        let scratch = BuiltStage(on: .scratch, bases: [:], earlier: { _ in nil })
        return (step, try files.parts(of: step, on: scratch, tree: { _ in try StackIndex([]) }))
    }

    /// What a part of a stage holds; kept by the stage's layers, since finding it out reads them.
    private func content(of path: String, in layers: [BuiltLayer]) throws -> String {
        let whole = ChainID(of: layers.map(\.diffID))?.description ?? "scratch"
        if path == "/" { return whole }
        let question = NamedInputs([.init("parent", whole), .init("path", path), .init("tree format", "2")])
        if case .hit(let record) = session.store.records.lookup(question.key), let known = record.diffID {
            return "\(known)"
        }
        let digest: DiffID
        do {
            let stage = try StageFiles(session: session, layers: layers)
            let sources = try stage.select(
                .init([MountedTrees.pattern(path)], of: .context), unmatched: { _ in })
            digest = DiffID(MountedTrees.digest(try stage.read(sources.flatMap(\.entries))))
        } catch let error as ChalkError where error.kind == .failed {
            // Something that no COPY takes; then any change of the stage counts.
            return whole
        }
        guard isKept else { return "\(digest)" }
        try session.store.records.put(
            CacheRecord(
                key: question.key, kind: "tree", title: path,
                inputs: question.inputs.map { CacheRecord.Input(name: $0.name, value: $0.value) },
                diffID: digest, created: WallClock.seconds()))
        return "\(digest)"
    }

    private static func digest(_ entries: [[UInt8]: PlacedEntry]) -> Digest {
        var hasher = SHA256Hasher()
        for (path, entry) in entries.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
            let what =
                switch entry.content {
                case .directory: "directory"
                case .link(let target): "link \(target)"
                case .file(let digest, _, _): "file \(digest)"
                case .node(let kind, let numbers): "\(kind) \(numbers)"
                }
            let attributes = entry.attributes.map { "\($0.name)=\($0.value)" }
            hasher.update(path)
            hasher.update("\0\(entry.mode) \(entry.uid) \(entry.gid) \(what) \(attributes)\0")
        }
        return hasher.finish()
    }

    /// A path as a pattern that means just it.
    private static func pattern(_ path: String) -> String {
        var text = ""
        for character in path {
            if "*?[\\".contains(character) { text.append("\\") }
            text.append(character)
        }
        return text
    }
}
