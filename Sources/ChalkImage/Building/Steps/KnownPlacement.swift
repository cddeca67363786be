internal import ChalkOCI
internal import ChalkPlan
internal import ChalkStore
internal import ChalkSystem

/// What a step makes of layers alone is known from these layers: COPY --from and WORKDIR read nothing else. So that the
/// next build, here or on a machine that has none of these layers, need not read them, a record says which layer came of
/// it.
struct KnownPlacement {
    /// The kind of such records.
    static let kind = "placement"
    private static let answer = NamedInputs.note(on: "files", "").name

    let cache: StepCache
    /// All that the layer depends on.
    let question: NamedInputs

    /// The question of a step; nil for one that reads other things, or may have something to say about what it finds.
    init?(_ step: Step, on state: BuiltStage, stages: (Int) -> [BuiltLayer]?, cache: StepCache) {
        var sources: [String] = []
        var words: [String]
        switch step.operation {
        case .files(let operation):
            if operation.items.isEmpty { return nil }
            for item in operation.items {
                guard case .selection(let selection) = item.source, case .stage(let index) = selection.tree,
                    let layers = stages(index),
                    !selection.patterns.joined().contains(where: { "*?[".contains($0) })
                else { return nil }
                sources.append(ChainID(of: layers.map(\.diffID))?.description ?? "scratch")
            }
            words = operation.words + ["\(operation.followsTree)"]
        case .directories(let operation):
            words = operation.paths + [operation.owner ?? "", "\(operation.followsTree)"]
        case .run, .config: return nil
        }
        words.insert(step.kind.rawValue, at: 0)
        let settings = cache.session.settings
        self.cache = cache
        question = NamedInputs([
            .init(InputName.parent, state.chainID?.description ?? "scratch"),
            .init("below", "\(state.isEmptyBelow)"), .init("sources", sources.joined(separator: " ")),
            .init("operation", Digest.of(Array(words.joined(separator: "\0").utf8)).description),
            .init("SOURCE_DATE_EPOCH", "\(settings.epoch.seconds)"), .init(InputName.format, settings.format),
            .init("placement format", "1"),
        ])
    }

    /// The inputs that the step has, as an earlier build found out.
    ///
    /// - Parameter touching: false for a plan.
    func inputs(touching: Bool = true) throws -> NamedInputs? {
        guard let rows = try cache.answer(question, kind: KnownPlacement.kind, touching: touching),
            let row = rows.last, row.name == KnownPlacement.answer
        else { return nil }
        let layer = Digest(row.value).map { DiffID($0) }
        if layer == nil, row.value != "none" { return nil }
        return NamedInputs.files(layer, settings: cache.session.settings)
    }

    /// Keeps what came of the step.
    func keep(_ result: StepResult, title: String) throws {
        let key: CacheKey
        switch result.outcome {
        case .built(let built, _, _, _): key = built
        case .cached(let cached, _): key = cached
        case .configured, .failed: return
        }
        guard case .hit(let record) = cache.session.store.records.lookup(key, touching: false),
            let files = record.rows.first(where: { $0.name == InputName.files })?.value
        else { return }
        try cache.keepAnswer(
            question, kind: KnownPlacement.kind, title: title, .init(KnownPlacement.answer, files))
    }
}
