internal import ChalkArchive
internal import ChalkContext
internal import ChalkExec
internal import ChalkOCI
internal import ChalkPlan
internal import ChalkSystem

/// Finds the entries that a step puts into its layer, for a build and for a plan alike.
final class StepFiles {
    private let session: BuildSession
    private let context: BuildContext
    private var stages: [Int: [BuiltLayer]] = [:]
    private var selection: ContextSelection?

    init(session: BuildSession, context: BuildContext) {
        self.session = session
        self.context = context
    }

    /// Notes what a stage became, for steps that copy from it.
    func note(_ layers: [BuiltLayer], of stage: Int) {
        stages[stage] = layers
    }

    /// The entries of a step that makes a layer without running anything.
    ///
    /// - Parameter tree: the merged view of the layers below; called only where the step needs it.
    func entries(
        of step: Step, on state: BuiltStage, tree: ([BuiltLayer]) throws -> StackIndex
    ) throws -> [PlacedEntry] {
        switch step.operation {
        case .files(let operation):
            let passesLink = operation.items.contains { TreeBelow.passesUsualLink($0.destination) }
            let below = try self.tree(below: state, reads: operation.followsTree || passesLink, tree)
            let owner = try operation.owner.map { try self.owner($0, implied: .sameNumber, state.layers) }
            return try FilePlacement.entries(of: operation, owner: owner, on: below, sources: sources())
        case .directories(let operation):
            let passesLink = operation.paths.contains { TreeBelow.passesUsualLink($0) }
            let reads = operation.followsTree || passesLink || operation.owner != nil
            return try FilePlacement.entries(
                of: operation, on: try self.tree(below: state, reads: reads, tree),
                owner: { try self.owner($0, implied: .primary, state.layers) }, sources: sources())
        case .run, .config: return []
        }
    }

    /// The inputs of such a step: the table of its entries, and the owners that the table does not tell.
    static func inputs(_ entries: [PlacedEntry], _ table: FileTable, settings: LayerSettings) -> NamedInputs {
        var inputs = NamedInputs.files(table.digest, settings: settings)
        for entry in entries where entry.uid != 0 || entry.gid != 0 {
            inputs.add("owner /\(entry.path.display)", "\(entry.uid):\(entry.gid)")
        }
        return inputs
    }

    /// The group of a user that comes without one.
    private enum ImpliedGroup {
        /// COPY --chown=1000 means 1000:1000.
        case sameNumber
        /// That of the image's /etc/passwd, else 0.
        case primary
    }

    /// Who `user[:group]` is, by the image's own /etc/passwd and /etc/group where numbers do not say it all.
    private func owner(
        _ text: String, implied: ImpliedGroup, _ layers: [BuiltLayer]
    ) throws -> FileOperation.Owner {
        if let owner = FileOperation.Owner(text),
            owner.uid == 0 || implied == .sameNumber || text.contains(":")
        {
            return owner
        }
        func read(_ path: String) throws -> [UInt8] {
            let found = try? StageFiles(session: session, layers: layers).select([path], exclude: [])
            guard case .file(_, let size, let open)? = found?.first?.entry.content, size < 16 << 20 else {
                return []
            }
            let sink = MemorySink()
            try open().drain(into: sink)
            return sink.bytes
        }
        let user = try StepUser(text, passwd: try read("/etc/passwd"), group: try read("/etc/group"))
        return FileOperation.Owner(uid: user.uid, gid: user.gid)
    }

    private func tree(
        below state: BuiltStage, reads: Bool, _ tree: ([BuiltLayer]) throws -> StackIndex
    ) throws -> TreeBelow {
        if reads { return .indexed(try tree(state.layers)) }
        return state.isEmptyBelow ? .empty : .assumed
    }

    private func sources() -> FilePlacement.Sources {
        FilePlacement.Sources(
            digests: session.digests,
            context: { [self] in
                if let selection { return selection }
                let found = try context.selection()
                for warning in found.warnings { session.report(.warning(warning)) }
                selection = found
                return found
            },
            decodeLZ4: { try Decompressor.lz4Decode($0, limit: 64 << 20) },
            stage: { [self] stage, paths, exclude in
                try StageFiles(session: session, layers: stages[stage] ?? []).select(paths, exclude: exclude)
            },
            warn: { [session] in session.report(.warning($0)) })
    }
}
