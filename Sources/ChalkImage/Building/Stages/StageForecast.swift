internal import ChalkArchive
internal import ChalkOCI
internal import ChalkPlan
internal import ChalkStore

/// Says what a build would do with each step, from what is at hand. Changes nothing, unless it may fetch.
final class StageForecast {
    private let session: BuildSession
    private let graph: PlanGraph
    private let files: StepFiles
    private let trees = TreeCache()
    private let bases: [PlatformImage: BaseResolver.Base]
    private let context: BuildContext
    private let used: UsedRecords
    private let mayFetch: Bool
    private var states: [Int: State] = [:]

    /// A stage so far; from the first step whose result is unknown on, so is what lies below the next.
    private struct State {
        var built: BuiltStage
        let platform: Platform
        let cache: StepCache
        var isKnown = true
    }

    /// - Parameters:
    ///   - used: is told the records that a build would use.
    ///   - mayFetch: whether layers and files that only a build would fetch are fetched, so that nothing stays unknown but
    ///   what follows a step that would be executed.
    init(
        _ graph: PlanGraph, session: BuildSession, bases: [PlatformImage: BaseResolver.Base],
        context: BuildContext, used: UsedRecords = UsedRecords(), mayFetch: Bool = false
    ) {
        self.context = context
        self.used = used
        self.mayFetch = mayFetch
        self.graph = graph
        self.session = session
        self.bases = bases
        files = StepFiles(session: session, context: context, mayFetch: mayFetch)
    }

    /// Every step of every stage that the target needs.
    func run() throws -> [PlannedStep] {
        var steps: [PlannedStep] = []
        for index in graph.neededStages {
            let stage = graph.stages[index]
            var state = start(stage, StepCache(session, stage: index, context: context, used: used))
            let name = graph.shownName(of: index)
            for step in stage.steps { steps.append(try forecast(step, name, &state)) }
            states[index] = state
            if state.isKnown { files.note(state.built.layers, of: index) }
        }
        return steps
    }

    /// The files of the target as a build would leave them; nil while they are not known.
    func targetTree() throws -> StackIndex? {
        guard let layers = finishedLayers(graph.target) else { return nil }
        return try trees.tree(of: layers) { [session] in try session.indexIfAtHand(of: $0) }
    }

    private func start(_ stage: PlanGraph.Stage, _ cache: StepCache) -> State {
        var state = State(
            built: BuiltStage(on: stage.base, bases: bases, earlier: { states[$0]?.built }),
            platform: stage.platform, cache: cache)
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
            for (cache, inputs, table) in parts {
                let layer: BuiltLayer?
                switch try cache.find(step, inputs, table: table, touching: mayFetch) {
                case .hit(let known): layer = known
                case .found(let found):
                    layer = mayFetch ? try cache.take(found, step, inputs) : found.record.builtLayer
                case .miss(let why):
                    state.isKnown = false
                    return planned(inputs.key, .miss(reason: why.description))
                }
                if let layer { state.built.layers.append(layer) }
                last = (inputs.key, layer?.descriptor.digest)
            }
            return planned(last.key, .hit(layer: last.layer))
        } catch let error as UnknownBeforeBuild {
            state.isKnown = false
            try files.checkIgnoreFiles(of: step)
            return planned(nil, .miss(reason: error.reason))
        }
    }

    /// The layers of a stage, wherever their bytes are; nil while they are unknown.
    private func finishedLayers(_ stage: Int) -> [BuiltLayer]? {
        guard let state = states[stage], state.isKnown else { return nil }
        return state.built.layers
    }

    /// A stage that another step uses, with layers that can be read.
    private func finished(_ stage: Int, _ use: String) throws -> BuiltStage {
        guard let state = states[stage], state.isKnown else {
            throw UnknownBeforeBuild(reason: "the stage \(use) changes")
        }
        if mayFetch { try session.fetch(state.built.layers) }
        guard try state.built.layers.allSatisfy({ try session.store.contains($0.descriptor) }) else {
            throw UnknownBeforeBuild(reason: "the layers of the stage \(use) are not in the store")
        }
        return state.built
    }

    /// The inputs of each layer of a step, where it is looked for, and what it would hold.
    private func inputs(
        of step: Step, _ state: State
    ) throws -> [(cache: StepCache, inputs: NamedInputs, table: LayerTable?)] {
        if case .run(let operation) = step.operation {
            guard state.isKnown else { throw UnknownBeforeBuild(reason: "the layers below it change") }
            for stage in step.needs { _ = try finished(stage, "that it mounts") }
            let mounted = MountedTrees(
                session: session, files: files, cache: state.cache.own, isKept: mayFetch,
                stage: { [self] in try finished($0, "that it mounts") })
            let inputs = try operation.inputs(
                parent: state.built.chainID, platform: state.platform, settings: session.settings,
                content: { try mounted.content($0) })
            return [(state.cache, inputs, nil)]
        }
        let placement = KnownPlacement(
            step, on: state.built, stages: { finishedLayers($0) }, cache: state.cache)
        if state.isKnown, let inputs = try placement?.inputs(touching: mayFetch) {
            return [(state.cache, inputs, nil)]
        }
        for stage in step.needs { _ = try finished(stage, "that it copies from") }
        let parts = try files.parts(of: step, on: state.built) { layers in
            guard state.isKnown else { throw UnknownBeforeBuild(reason: "the layers below it change") }
            let tree = try trees.tree(of: layers) { [mayFetch, session] layer in
                mayFetch ? try session.index(of: layer) : try session.indexIfAtHand(of: layer)
            }
            guard let tree else {
                throw UnknownBeforeBuild(
                    reason: "the base's layers are not in the store, and its destination depends on them")
            }
            return tree
        }
        let notes = files.notes(of: step)
        return try parts.map { entries in
            let layer = FileLayer(
                session: session, cache: state.cache, step: step, entries: entries, notes: notes)
            let (inputs, table) = try layer.forecast()
            return (layer.cache, inputs, table)
        }
    }
}
