internal import ChalkArchive
internal import ChalkExec
internal import ChalkOCI
internal import ChalkPlan
internal import ChalkStore
internal import ChalkSystem

/// Executes the steps of one stage, one after the other, using what earlier builds made. For one thread.
final class StageBuild {
    private let session: BuildSession
    private let graph: PlanGraph
    private let stage: PlanGraph.Stage
    private let name: String?
    private let bases: [PlatformImage: BaseResolver.Base]
    private let board: StageBoard
    private let files: StepFiles
    private let cache: StepCache
    private let trees = TreeCache()

    init(
        _ graph: PlanGraph, _ index: Int, session: BuildSession, bases: [PlatformImage: BaseResolver.Base],
        context: BuildContext, board: StageBoard, used: UsedRecords
    ) {
        self.graph = graph
        self.session = session
        self.bases = bases
        self.board = board
        stage = graph.stages[index]
        name = graph.shownName(of: index)
        files = StepFiles(session: session, context: context, mayFetch: true)
        cache = StepCache(session, stage: index, context: context, used: used)
    }

    /// Executes the stage's steps.
    ///
    /// - Parameter finish: is told each step that came to an end.
    func run(
        firstNumber: Int, of total: Int, finish: (FinishedStep) -> Void
    ) throws -> BuiltStage {
        var below: BuiltStage?
        if case .stage(let parent) = stage.base { below = try board.wait(for: parent) }
        var state = BuiltStage(on: stage.base, bases: bases, earlier: { _ in below })
        for (offset, step) in stage.steps.enumerated() {
            try session.cancellation.check()
            let report = StepReport(
                number: firstNumber + offset, total: total, kind: step.kind.rawValue, title: step.title,
                stage: name)
            // Where a step waits for another stage it is not begun yet.
            for index in step.needs { files.note(try board.wait(for: index).layers, of: index) }
            if step.makesLayer {
                try board.inTurn { try execute(step, report, &state, finish) }
            } else {
                try execute(step, report, &state, finish)
            }
        }
        return state
    }

    private func execute(
        _ step: Step, _ report: StepReport, _ state: inout BuiltStage, _ finish: (FinishedStep) -> Void
    ) throws {
        let began = MonotonicClock.now
        session.report(.stepStarted(report))
        func end(_ outcome: StepOutcome, _ cost: StepCost? = nil) {
            let finished = FinishedStep(
                step: report, outcome: outcome, seconds: MonotonicClock.now - began, cost: cost)
            finish(finished)
            session.report(.stepFinished(finished))
        }
        do {
            let results = try results(of: step, report, state)
            for result in results {
                if let layer = result.layer { state.layers.append(layer) }
                state.history.append(
                    ImageConfig.History(
                        created: session.options.epoch.description, createdBy: step.createdBy,
                        emptyLayer: result.layer == nil))
            }
            state.isEmptyBelow = state.isEmptyBelow && !step.needsSnapshot
            let result = StepResult(joining: results)
            end(result.outcome, result.cost)
        } catch {
            let failure = StepFailure(error, step: step)
            let isGivenUp = failure.error.kind == .interrupted && board.failure != nil
            // Before others end because of it.
            board.fail(failure.error)
            end(
                .failed(
                    message: isGivenUp ? "stopped, since another step failed" : failure.message,
                    log: failure.log))
            throw failure.error
        }
    }

    private func results(
        of step: Step, _ report: StepReport, _ state: BuiltStage
    ) throws -> [StepResult] {
        switch step.operation {
        case .config: return [StepResult(outcome: .configured)]
        case .run(let operation): return [try run(step, operation, report, state)]
        case .files, .directories:
            let placement = KnownPlacement(step, on: state, stages: { files.layers(of: $0) }, cache: cache)
            if let known = try placement?.inputs(), let result = try earlier(step, known) { return [result] }
            let parts = try files.parts(of: step, on: state, tree: { try tree(of: $0) })
            let notes = files.notes(of: step)
            let results = try parts.map { try put(step, $0, notes) }
            if results.count == 1 { try placement?.keep(results[0], title: step.title) }
            return results
        }
    }

    /// The earlier result of a step whose inputs are known.
    private func earlier(_ step: Step, _ inputs: NamedInputs) throws -> StepResult? {
        let layer: BuiltLayer?
        switch try cache.find(step, inputs) {
        case .hit(let known): layer = known
        case .found(let found): layer = try cache.take(found, step, inputs)
        case .miss: return nil
        }
        return StepResult(
            layer: layer, outcome: .cached(key: inputs.key, layer: layer?.descriptor.digest), cost: StepCost()
        )
    }

    private func tree(of layers: [BuiltLayer]) throws -> StackIndex {
        guard let tree = try trees.tree(of: layers, index: { try session.index(of: $0) }) else {
            throw ChalkError(.failed, "the layers below the step cannot be read")
        }
        return tree
    }

    /// Makes one layer of some entries, unless an earlier build did.
    private func put(
        _ step: Step, _ entries: StepEntries, _ notes: [NamedInputs.Input]
    ) throws -> StepResult {
        if entries.list.count == 0 {
            return try result(of: step, NamedInputs.files(nil, settings: session.settings)) { (nil, nil) }
        }
        return try session.shared.claims.holding(entries.place, waiting: board.outOfTurn) {
            try FileLayer(session: session, cache: cache, step: step, entries: entries, notes: notes).build()
        }
    }

    /// Runs a command, unless an earlier build did.
    private func run(
        _ step: Step, _ operation: RunOperation, _ report: StepReport, _ state: BuiltStage
    ) throws -> StepResult {
        let mounted = MountedTrees(
            session: session, files: files, cache: cache.own, isKept: true,
            stage: { [board] in try board.wait(for: $0) })
        var trees: [RunMountOperation.Tree: MountedTrees.Tree] = [:]
        for tree in operation.mounts.compactMap(\.tree) where trees[tree] == nil {
            trees[tree] = try mounted.tree(tree)
        }
        let inputs = operation.inputs(
            parent: state.chainID, platform: stage.platform, settings: session.settings,
            content: { trees[$0]?.content ?? "" })
        return try result(of: step, inputs) {
            try session.checkRuns(on: stage.platform)
            return try CommandRun(
                session: session, step: step, operation: operation, report: report, trees: trees
            ).execute(on: state.layers, key: inputs.key)
        }
    }

    /// The earlier result of a step, or what `make` gives, which is kept.
    private func result(
        of step: Step, _ inputs: NamedInputs, make: () throws -> (BuiltLayer?, StepCost?)
    ) throws -> StepResult {
        func cached(_ layer: BuiltLayer?) -> StepResult {
            StepResult(
                layer: layer, outcome: .cached(key: inputs.key, layer: layer?.descriptor.digest),
                cost: StepCost())
        }
        return try session.shared.claims.holding(inputs.key.digest, waiting: board.outOfTurn) {
            try session.cancellation.check()
            switch try cache.find(step, inputs) {
            case .hit(let layer): return cached(layer)
            case .found(let found): return cached(try cache.take(found, step, inputs))
            case .miss(let why):
                let (layer, cost) = try make()
                try cache.keep(step, inputs, layer: layer)
                return StepResult(
                    layer: layer,
                    outcome: .built(
                        key: inputs.key, layer: layer?.descriptor.digest, size: layer?.descriptor.size ?? 0,
                        reason: why.description), cost: cost)
            }
        }
    }
}
