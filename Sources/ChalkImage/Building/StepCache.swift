internal import ChalkArchive
internal import ChalkOCI
internal import ChalkPlan
internal import ChalkStore
internal import ChalkSystem

/// Records of what steps made, and why one does not fit.
struct StepCache {
    let store: ContentStore
    let isIgnored: Bool

    /// An earlier result, or why there is none.
    enum Answer {
        case hit(BuiltLayer?)
        case miss(MissExplanation)
    }

    /// Looks for the result of a step.
    ///
    /// - Parameters:
    ///   - table: the step's file table, for the explanation.
    ///   - touching: false for a plan.
    func find(_ step: Step, _ inputs: NamedInputs, table: LayerTable? = nil, touching: Bool = true) -> Answer
    {
        if isIgnored { return .miss(MissExplanation("the cache is not used (--no-cache)")) }
        switch store.records.lookup(inputs.key, touching: touching) {
        case .hit(let record): return .hit(record.builtLayer)
        case .miss(.unknown): return .miss(explain(step, inputs, table))
        case .miss(.unreadable(let text)), .miss(.blobAbsent(_, let text)):
            return .miss(MissExplanation(text))
        }
    }

    /// Keeps the result of a step.
    func keep(_ step: Step, _ inputs: NamedInputs, layer: BuiltLayer?) throws {
        try store.records.put(
            CacheRecord(
                key: inputs.key, kind: step.kind.rawValue, title: step.title,
                inputs: (inputs.inputs + inputs.notes).map(\.recorded),
                layer: layer?.descriptor, diffID: layer?.diffID,
                created: WallClock.seconds()))
    }

    /// The layer of the latest earlier result of a step with the same settings, whatever its files were.
    func latest(_ step: Step, _ settings: LayerSettings) -> BuiltLayer? {
        let inputs = NamedInputs.files(nil, settings: settings).inputs.map(\.recorded)
        let record = store.records.nearest(kind: step.kind.rawValue, title: step.title, inputs: inputs)
        guard let record, record.title == step.title,
            inputs.allSatisfy({ $0.name == InputName.files || record.inputs.contains($0) })
        else { return nil }
        return record.builtLayer
    }

    /// Whether a RUN is an earlier one with another command: on the same layers, so more than the kind is shared.
    private static func isEdit(of record: CacheRecord, _ inputs: [CacheRecord.Input]) -> Bool {
        guard let parent = inputs.first(where: { $0.name == InputName.parent }) else { return false }
        return record.inputs.contains(parent)
    }

    private func explain(_ step: Step, _ inputs: NamedInputs, _ table: LayerTable?) -> MissExplanation {
        let mine = inputs.inputs.map(\.recorded)
        guard
            let record = store.records.nearest(
                kind: step.kind.rawValue, title: step.title, inputs: mine, besides: inputs.key),
            record.title == step.title || StepCache.isEdit(of: record, mine)
        else { return .neverBuilt }
        let earlier = NamedInputs(record.inputs.map { NamedInputs.Input($0.name, $0.value) })
        return MissExplanation(inputs, since: earlier) { _, old in
            guard let table, let bytes = store.layerIndexes.get(record.diffID ?? DiffID(old)),
                let before = try? LayerTable(bytes: bytes)
            else { return nil }
            return table.firstDifference(from: before)
        }
    }
}

extension NamedInputs.Input {
    /// As a record has it.
    fileprivate var recorded: CacheRecord.Input { CacheRecord.Input(name: name, value: value) }
}

extension CacheRecord {
    fileprivate var builtLayer: BuiltLayer? {
        guard let layer, let diffID else { return nil }
        return BuiltLayer(descriptor: layer, diffID: diffID)
    }
}
