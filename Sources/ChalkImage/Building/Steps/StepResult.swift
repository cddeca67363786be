/// What a step came to.
struct StepResult {
    /// Nil for a step that changed no file.
    var layer: BuiltLayer?
    let outcome: StepOutcome
    /// Nil for a step that makes no layer.
    var cost: StepCost?
}

extension StepResult {
    /// What a step came to of which each layer was made for itself. One that was built stands for them all, with
    /// the bytes of all that were built.
    init(joining results: [StepResult]) {
        var size: Int64 = 0
        var built: StepOutcome?
        var count = 0
        for result in results {
            guard case .built(_, _, let bytes, _) = result.outcome else { continue }
            size += bytes
            count += 1
            built = built ?? result.outcome
        }
        if results.count > 1, case .built(let key, let layer, _, let reason) = built {
            let part = "\(count) of \(results.count) layers: \(reason)"
            built = .built(key: key, layer: layer, size: size, reason: part)
        }
        let costs = results.compactMap(\.cost)
        self.init(
            layer: results.last?.layer, outcome: built ?? results.last?.outcome ?? .configured,
            cost: costs.isEmpty ? nil : costs.reduce(StepCost(), +))
    }
}
