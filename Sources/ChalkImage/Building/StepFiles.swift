internal import ChalkArchive
internal import ChalkContext
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
            return try FilePlacement.entries(of: operation, on: below, sources: sources())
        case .directory(let path, let followsTree):
            let reads = followsTree || TreeBelow.passesUsualLink(path)
            return try FilePlacement.entries(
                forDirectory: path, on: try self.tree(below: state, reads: reads, tree), sources: sources())
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
