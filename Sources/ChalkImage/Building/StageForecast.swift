internal import ChalkArchive
internal import ChalkOCI
internal import ChalkPlan
internal import ChalkStore

/// Says what a build would do with each step, from what is at hand. Changes nothing.
final class StageForecast {
    private let session: BuildSession
    private let graph: PlanGraph
    private let files: StepFiles
    private let trees = TreeCache()
    private let bases: [PlatformImage: BaseResolver.Base]
    private let cache: StepCache
    private var states: [Int: State] = [:]

    /// A stage so far; from the first step whose result is unknown on, so is what lies below the next.
    private struct State {
        var built: BuiltStage
        let platform: Platform
        var isKnown = true
    }

    init(
        _ graph: PlanGraph, session: BuildSession, bases: [PlatformImage: BaseResolver.Base],
        context: BuildContext
    ) {
        self.graph = graph
        self.session = session
        self.bases = bases
        files = StepFiles(session: session, context: context, mayFetch: false)
        cache = StepCache(store: session.store, isIgnored: session.options.ignoresCache)
    }

    /// Every step of every stage that the target needs.
    func run() throws -> [PlannedStep] {
        var steps: [PlannedStep] = []
        for index in graph.neededStages {
            let stage = graph.stages[index]
            var state = start(stage)
            let name = graph.shownName(of: index)
            for step in stage.steps { steps.append(try forecast(step, name, &state)) }
            states[index] = state
            if state.isKnown { files.note(state.built.layers, of: index) }
        }
        return steps
    }

    private func start(_ stage: PlanGraph.Stage) -> State {
        var state = State(
            built: BuiltStage(on: stage.base, bases: bases, earlier: { states[$0]?.built }),
            platform: stage.platform)
        if case .stage(let parent) = stage.base, let earlier = states[parent] {
            state.isKnown = earlier.isKnown
        }
        return state
    }

    private func forecast(_ step: Step, _ stage: String?, _ state: inout State) throws -> PlannedStep {
        func planned(_ key: CacheKey?, _ verdict: PlannedStep.Verdict) -> PlannedStep {
            PlannedStep(
                kind: step.kind.rawValue, title: step.title, origin: step.origin, stage: stage, key: key,
                verdict: verdict)
        }
        if !step.makesLayer { return planned(nil, .config) }
        do {
            var last: (key: CacheKey?, layer: Digest?)
            let parts = try inputs(of: step, state)
            state.built.isEmptyBelow = state.built.isEmptyBelow && !step.needsSnapshot
            for (inputs, table) in parts {
                switch cache.find(step, inputs, table: table, touching: false) {
                case .hit(let layer):
                    if let layer { state.built.layers.append(layer) }
                    last = (inputs.key, layer?.descriptor.digest)
                case .miss(let why):
                    state.isKnown = false
                    return planned(inputs.key, .miss(reason: why.description))
                }
            }
            return planned(last.key, .hit(layer: last.layer))
        } catch let error as UnknownBeforeBuild {
            state.isKnown = false
            try files.checkIgnoreFiles(of: step)
            return planned(nil, .miss(reason: error.reason))
        }
    }

    /// A stage that another step uses, with layers that can be read.
    private func finished(_ stage: Int, _ use: String) throws -> BuiltStage {
        guard let state = states[stage], state.isKnown else {
            throw UnknownBeforeBuild(reason: "the stage \(use) changes")
        }
        guard try state.built.layers.allSatisfy({ try session.store.contains($0.descriptor) }) else {
            throw UnknownBeforeBuild(reason: "the layers of the stage \(use) are not in the store")
        }
        return state.built
    }

    /// The inputs of each layer of a step, and what it would hold.
    private func inputs(of step: Step, _ state: State) throws -> [(NamedInputs, LayerTable?)] {
        if case .run(let operation) = step.operation {
            guard state.isKnown else { throw UnknownBeforeBuild(reason: "the layers below it change") }
            for stage in step.needs { _ = try finished(stage, "that it mounts") }
            let mounted = MountedTrees(
                session: session, files: files, cache: cache, isKept: false,
                stage: { [self] in try finished($0, "that it mounts") })
            let inputs = try operation.inputs(
                parent: state.built.chainID, platform: state.platform, settings: session.settings,
                content: { try mounted.content($0) })
            return [(inputs, nil)]
        }
        for stage in step.needs { _ = try finished(stage, "that it copies from") }
        let parts = try files.parts(of: step, on: state.built) { layers in
            guard state.isKnown else { throw UnknownBeforeBuild(reason: "the layers below it change") }
            guard let tree = try trees.tree(of: layers, index: { try session.indexIfAtHand(of: $0) }) else {
                throw UnknownBeforeBuild(
                    reason: "the base's layers are not in the store, and its destination depends on them")
            }
            return tree
        }
        let notes = files.notes(of: step)
        return try parts.map {
            try FileLayer(session: session, cache: cache, step: step, entries: $0, notes: notes).forecast()
        }
    }
}
