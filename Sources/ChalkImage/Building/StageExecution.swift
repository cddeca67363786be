internal import ChalkArchive
internal import ChalkOCI
internal import ChalkPlan
internal import ChalkStore
internal import ChalkSystem

/// Executes the steps of stages, one after the other, using what earlier builds made.
final class StageExecution {
    private let session: BuildSession
    private let graph: PlanGraph
    private let files: StepFiles
    private let trees = TreeCache()
    private let bases: [ImageSource: BaseResolver.Base]
    private let cache: StepCache
    private var built: [Int: BuiltStage] = [:]
    private var number = 0
    private let total: Int
    private(set) var executed = 0
    private(set) var cached = 0
    private(set) var finished: [FinishedStep] = []

    init(
        _ graph: PlanGraph, session: BuildSession, bases: [ImageSource: BaseResolver.Base],
        context: BuildContext
    ) {
        self.graph = graph
        self.session = session
        self.bases = bases
        files = StepFiles(session: session, context: context, mayFetch: true)
        cache = StepCache(store: session.store, isIgnored: session.options.ignoresCache)
        total = graph.neededStages.reduce(0) { $0 + graph.stages[$1].steps.count }
    }

    /// Builds every stage that the target needs and gives the target.
    func run() throws -> BuiltStage {
        session.report(.planned(steps: total))
        for index in graph.neededStages {
            let stage = try build(index)
            built[index] = stage
            files.note(stage.layers, of: index)
        }
        guard let target = built[graph.target] else {
            throw ChalkError(.failed, "the target stage was not built")
        }
        return target
    }

    private func build(_ index: Int) throws -> BuiltStage {
        let stage = graph.stages[index]
        var state = BuiltStage(on: stage.base, bases: bases, earlier: { built[$0] })
        let name = graph.shownName(of: index)
        for step in stage.steps {
            try session.cancellation.check()
            number += 1
            let report = StepReport(
                number: number, total: total, kind: step.kind.rawValue, title: step.title,
                stage: name)
            try execute(step, report, &state)
        }
        return state
    }

    private func execute(_ step: Step, _ report: StepReport, _ state: inout BuiltStage) throws {
        let began = MonotonicClock.now
        session.report(.stepStarted(report))
        do {
            var results: [StepResult]
            switch step.operation {
            case .config: results = [StepResult(outcome: .configured)]
            case .run(let operation): results = [try run(step, operation, report, state)]
            case .files, .directories:
                let parts = try files.parts(of: step, on: state, tree: { try tree(of: $0) })
                let notes = files.notes(of: step)
                results = try parts.map { try put(step, $0, notes) }
            }
            for result in results {
                if let layer = result.layer { state.layers.append(layer) }
                state.history.append(
                    ImageConfig.History(
                        created: session.options.epoch.description, createdBy: step.createdBy,
                        emptyLayer: result.layer == nil))
            }
            state.isEmptyBelow = state.isEmptyBelow && !step.needsSnapshot
            let result = StepResult(joining: results)
            count(result.outcome)
            finish(
                FinishedStep(
                    step: report, outcome: result.outcome, seconds: MonotonicClock.now - began,
                    cost: result.cost))
        } catch {
            let failure = StepFailure(error, step: step)
            finish(
                FinishedStep(
                    step: report, outcome: .failed(message: failure.message, log: failure.log),
                    seconds: MonotonicClock.now - began))
            throw failure.error
        }
    }

    private func finish(_ step: FinishedStep) {
        finished.append(step)
        session.report(.stepFinished(step))
    }

    private func count(_ outcome: StepOutcome) {
        switch outcome {
        case .cached: cached += 1
        case .built: executed += 1
        case .configured, .failed: break
        }
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
        return try FileLayer(session: session, cache: cache, step: step, entries: entries, notes: notes)
            .build()
    }

    /// Runs a command, unless an earlier build did.
    private func run(
        _ step: Step, _ operation: RunOperation, _ report: StepReport, _ state: BuiltStage
    ) throws -> StepResult {
        let inputs = operation.inputs(parent: state.chainID, settings: session.settings)
        return try result(of: step, inputs) {
            if session.options.platform.architecture != Platform.host.architecture {
                throw ChalkError(
                    .failed,
                    "a RUN step for \(session.options.platform) cannot run on \(Platform.host); build it on such a machine"
                )
            }
            return try CommandRun(session: session, step: step, operation: operation, report: report)
                .execute(on: state.layers, key: inputs.key)
        }
    }

    /// The earlier result of a step, or what `make` gives, which is kept.
    private func result(
        of step: Step, _ inputs: NamedInputs, make: () throws -> (BuiltLayer?, StepCost?)
    ) throws -> StepResult {
        switch cache.find(step, inputs) {
        case .hit(let layer):
            return StepResult(
                layer: layer, outcome: .cached(key: inputs.key, layer: layer?.descriptor.digest),
                cost: StepCost())
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
