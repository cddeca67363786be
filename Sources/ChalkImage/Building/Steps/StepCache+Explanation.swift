internal import ChalkArchive
internal import ChalkOCI
internal import ChalkPlan
internal import ChalkStore

/// Why a step has to be executed.
extension StepCache {
    /// Why a step has no earlier result, here and in the caches.
    ///
    /// - Parameter table: what its layer would hold.
    func explain(
        _ step: Step, _ inputs: NamedInputs, _ table: LayerTable?
    ) throws -> MissExplanation {
        let mine = (inputs.inputs + placeRow(of: step)).map(\.recorded)
        let record = store.records.nearest(
            kind: step.kind.rawValue, title: step.title, inputs: mine, besides: inputs.key)
        let isSame = record?.title == step.title
        // What was built here says most; then what others built of this very instruction.
        if let record, isSame, StepPlace.read(record.rows) == place(of: step) {
            return explain(inputs, since: record, table)
        }
        if let found = try near(step, inputs) {
            return MissExplanation(inputs.sealed, since: NamedInputs(found.record.rows)) { _, _ in
                guard let table,
                    let before = session.shared.caches.table(
                        of: found, warn: { session.report(.warning($0)) })
                else { return nil }
                return table.firstDifference(from: before)
            }
        }
        guard let record, isSame || StepCache.isEdit(of: record, mine) else { return .neverBuilt }
        return explain(inputs, since: record, table)
    }

    private func explain(
        _ inputs: NamedInputs, since record: CacheRecord, _ table: LayerTable?
    ) -> MissExplanation {
        MissExplanation(inputs, since: NamedInputs(record.rows)) { _, old in
            guard let table, let bytes = store.layerIndexes.get(record.diffID ?? DiffID(old)),
                let before = try? LayerTable(bytes: bytes)
            else { return nil }
            return table.firstDifference(from: before)
        }
    }

    /// Whether a RUN is an earlier one with another command: on the same layers, so more than the kind is shared.
    private static func isEdit(of record: CacheRecord, _ inputs: [CacheRecord.Input]) -> Bool {
        guard let parent = inputs.first(where: { $0.name == InputName.parent }) else { return false }
        return record.inputs.contains(parent)
    }

    private func near(_ step: Step, _ inputs: NamedInputs) throws -> CacheReader.Found? {
        let caches = session.options.cacheSources
        if !asksOthers || caches.isEmpty { return nil }
        return try session.shared.caches.near(
            kind: step.kind.rawValue, title: step.title, place: place(of: step),
            inputs: inputs, in: caches,
            warn: { session.report(.warning($0)) })
    }
}
