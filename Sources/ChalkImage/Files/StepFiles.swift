internal import ChalkArchive
internal import ChalkContext
internal import ChalkOCI
internal import ChalkPlan
internal import ChalkStore
internal import ChalkSystem

/// Finds the entries that a step puts into its layer, for a build and for a plan alike.
final class StepFiles {
    private let session: BuildSession
    private let context: BuildContext
    private let fetched: FetchedSources
    private var stages: [Int: [BuiltLayer]] = [:]
    private var trees: [FileOperation.Tree: HostTree] = [:]
    /// What was warned about already; several steps may read one directory.
    private var warned: Set<WarnedLine> = []

    /// A line of an ignore file and what is the matter with it.
    private struct WarnedLine: Hashable {
        let directory: String
        let subject: IgnoreWarning.Subject
    }

    /// - Parameter mayFetch: whether content that is not at hand is fetched; else it is unknown.
    init(session: BuildSession, context: BuildContext, mayFetch: Bool) {
        self.session = session
        self.context = context
        fetched = FetchedSources(session: session, mayFetch: mayFetch)
    }

    /// Notes what a stage became, for steps that copy from it.
    func note(_ layers: [BuiltLayer], of stage: Int) {
        stages[stage] = layers
    }

    /// What a stage became, as noted.
    func layers(of stage: Int) -> [BuiltLayer]? { stages[stage] }

    /// The entries of each layer of a step that makes layers without running anything, put together as they are
    /// asked for.
    ///
    /// - Parameter tree: the merged view of the layers below; called only where the step needs it.
    func parts(
        of step: Step, on state: BuiltStage, tree: ([BuiltLayer]) throws -> StackIndex
    ) throws -> StepEntries.Parts {
        let entries = try entries(of: step, on: state, tree: tree)
        guard case .files(let operation) = step.operation, operation.maySplit, session.options.splitsLayers
        else { return entries.whole }
        return entries.parts
    }

    /// What the step's sources were when its entries were found, beyond their files: commits and tags of URLs.
    func notes(of step: Step) -> [NamedInputs.Input] {
        guard case .files(let operation) = step.operation else { return [] }
        return operation.items.compactMap { fetched.note(of: $0.source) }
    }

    /// The entries of a step that makes a layer without running anything.
    ///
    /// - Parameter tree: the merged view of the layers below; called only where the step needs it.
    private func entries(
        of step: Step, on state: BuiltStage, tree: ([BuiltLayer]) throws -> StackIndex
    ) throws -> StepEntries {
        let empty = StepEntries(mtime: session.options.epoch.seconds, place: place(of: step))
        switch step.operation {
        case .files(let operation):
            let below = try self.tree(below: state, of: operation, tree)
            let owner = try operation.owner.map { try self.owner($0, .copied, state.layers) }
            return try FilePlacement.entries(
                of: operation, owner: owner, on: below, into: empty, sources: sources())
        case .directories(let operation):
            let passesLink = operation.paths.contains { TreeBelow.passesUsualLink($0) }
            let reads = operation.followsTree || passesLink || operation.owner != nil
            return try FilePlacement.entries(
                of: operation, on: try self.tree(below: state, reads: reads, tree),
                owner: { try self.owner($0, .working, state.layers) }, into: empty, sources: sources())
        case .run, .config: return empty
        }
    }

    /// Looks at the ignore files of the directories that a step adds, for a plan that cannot know its entries yet.
    func checkIgnoreFiles(of step: Step) throws {
        guard case .files(let operation) = step.operation else { return }
        for item in operation.items {
            guard case .localDirectory(let path, let exclude) = item.source else { continue }
            let options = ContextWalker.Options(
                exclude: exclude.map { Array($0.utf8) }, findsDifferences: true)
            let root = try FileDescriptor.directory(path)
            for warning in try ContextWalker(options: options).walk(root, { _, _ in }) { warn(warning, path) }
        }
    }

    private func warn(_ warning: IgnoreWarning, _ directory: String) {
        guard warned.insert(WarnedLine(directory: directory, subject: warning.subject)).inserted else {
            return
        }
        session.report(.warning(warning.description(of: directory)))
    }

    /// Names a step's sources and destinations, so that what was seen of them is found the next time.
    private func place(of step: Step) -> Digest {
        var words = [
            "place 2", session.settings.format, String(session.options.epoch.seconds),
            context.directory ?? "",
        ]
        switch step.operation {
        case .files(let operation): words += operation.words
        case .directories(let operation): words += operation.paths
        case .run, .config: break
        }
        return Digest.of(Array(words.joined(separator: "\0").utf8))
    }

    private func owner(
        _ text: String, _ use: OwnerLookup.Use, _ layers: [BuiltLayer]
    ) throws -> FileOperation.Owner {
        try OwnerLookup(text, use).owner { [session, fetched] path in
            try fetched.requireAtHand(layers)
            return try StageFiles(session: session, layers: layers).read(path, limit: 16 << 20) ?? []
        }
    }

    private func tree(
        below state: BuiltStage, of operation: FileOperation, _ tree: ([BuiltLayer]) throws -> StackIndex
    ) throws -> TreeBelow {
        if operation.isLinked { return .empty }
        let passesLink = operation.items.contains { TreeBelow.passesUsualLink($0.destination) }
        return try self.tree(below: state, reads: operation.followsTree || passesLink, tree)
    }

    private func tree(
        below state: BuiltStage, reads: Bool, _ tree: ([BuiltLayer]) throws -> StackIndex
    ) throws -> TreeBelow {
        if reads { return .indexed(try tree(state.layers)) }
        return state.isEmptyBelow ? .empty : .assumed
    }

    /// A tree on the host, walked once.
    private func host(_ tree: FileOperation.Tree) throws -> HostTree {
        if let known = trees[tree] { return known }
        let found =
            switch tree {
            case .context: try context.tree()
            case .directory(let path):
                try HostTree(path, HostTree.Rules(name: "the named build context"))
            case .repository(let source): try fetched.tree(of: source)
            case .stage: throw ChalkError(.failed, "a stage was taken for a directory of the host")
            }
        for warning in found.warnings { session.report(.warning(warning)) }
        trees[tree] = found
        return found
    }

    private func sources() -> FilePlacement.Sources {
        FilePlacement.Sources(
            host: { [self] in try host($0) },
            stage: { [self] in try StageFiles(session: session, layers: stages[$0] ?? []) },
            download: { [self] in try fetched.file(of: $0) },
            spool: { [self] in try Spool.make(in: "\(session.store.path)/chalk") },
            decodeLZ4: { try Decompressor.lz4Decode($0, limit: 64 << 20) },
            warn: { [self] in warn($0, $1) },
            unmatched: { [self] in session.report(.warning("\($0) matches nothing, so nothing is copied")) },
            cancellation: session.cancellation)
    }
}
