internal import ChalkOCI
internal import ChalkPlan
internal import ChalkStore
internal import ChalkSystem

/// Records that are no step's result: what was found out about one, which others need not find out again.
extension StepCache {
    /// What an earlier build found out, as the rows of its record; nil where nobody did.
    func answer(_ question: NamedInputs, kind: String, touching: Bool) throws -> [NamedInputs.Input]? {
        if isIgnored { return nil }
        if case .hit(let record) = store.records.lookup(question.key, touching: touching) {
            note(question.key, false)
            return record.rows
        }
        guard let found = try others(question), found.record.kind == kind else { return nil }
        if touching {
            let more = found.record.rows.dropFirst(question.inputs.count)
            try putAnswer(question, kind, found.record.title, Array(more), created: found.record.created)
            note(question.key, false)
        }
        return found.record.rows
    }

    /// Keeps what was found out.
    func keepAnswer(_ question: NamedInputs, kind: String, title: String, _ row: NamedInputs.Input) throws {
        try putAnswer(question, kind, title, [row], created: WallClock.seconds())
        note(question.key, true)
    }

    private func putAnswer(
        _ question: NamedInputs, _ kind: String, _ title: String, _ rows: [NamedInputs.Input], created: Int64
    ) throws {
        try store.records.put(
            CacheRecord(
                key: question.key, kind: kind, title: title,
                inputs: (question.inputs + rows).map(\.recorded), created: created))
    }
}
