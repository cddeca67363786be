internal import ChalkOCI
internal import ChalkPlan

extension CacheExport {
    /// The records of a finished build that this export sends, each once.
    func keys(of uses: [UsedRecords.Use], in graph: PlanGraph) -> [CacheKey] {
        var stages = Set(graph.stages.indices)
        if mode == .min {
            stages = [graph.target]
            var index = graph.target
            while case .stage(let parent) = graph.stages[index].base {
                stages.insert(parent)
                index = parent
            }
        }
        var seen: Set<CacheKey> = []
        return uses.filter { stages.contains($0.stage) && seen.insert($0.key).inserted }.map(\.key)
    }
}
