internal import ChalkOCI
internal import ChalkPlan

extension ImageBuilder {
    /// Sends what the steps of a finished build made to each cache that wants it.
    func export(
        _ used: UsedRecords, of graph: PlanGraph, _ session: BuildSession
    ) throws -> [CacheExportSummary] {
        let uses = used.all
        return try session.options.cacheExports.map { export in
            let anew = session.options.ignoresCache ? Set(uses.filter(\.isBuilt).map(\.key)) : []
            var summary = try session.writer(to: export.cache).send(
                export.keys(of: uses, in: graph), anew: anew, layers: used.layers)
            if export.ignoresErrors, let failure = summary.failure {
                session.report(.warning(failure.description))
                summary.failure = nil
            }
            return summary
        }
    }
}

extension BuildSession {
    /// What sends entries to a cache.
    func writer(to cache: RemoteCache) -> CacheWriter {
        CacheWriter(
            cache, store: store, shared: shared, client: client, cancellation: cancellation,
            report: { [report] in report(.transfer($0)) })
    }
}
