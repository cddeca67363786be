internal import ChalkOCI
internal import ChalkStore
internal import ChalkSystem

/// One spec of those that a ``CacheWarmer`` has.
struct SpecWarming: Sendable {
    let builder: ImageBuilder
    let options: WarmOptions
    let shared: SharedWork
    let cancellation: Cancellation
    let report: CacheWarmer.Observer

    /// Builds it and sends what the caches lack.
    func warm(_ spec: WarmSpec) -> WarmedSpec {
        row(spec) { row, image, build in
            let result = try builder.perform(
                image, build, shared: shared, cancellation: cancellation,
                report: { report(spec.name, $0) })
            row.manifest = result.manifest.digest
            for step in result.steps {
                switch step.outcome {
                case .cached: row.hits += 1
                case .built(_, _, _, let reason):
                    row.misses.append(WarmedSpec.Miss(title: step.step.title, reason: reason))
                case .configured, .failed: break
                }
            }
            for export in result.cacheExports {
                row.sent += export.sent
                row.present += export.present
                row.bytes += export.bytes
                row.failure = row.failure ?? export.failure
            }
        }
    }

    /// Says what would be built and sent.
    func check(_ spec: WarmSpec) -> WarmedSpec {
        row(spec) { row, image, build in
            let platforms = build.platforms.isEmpty ? [build.platform] : build.platforms
            for platform in platforms { try check(image, build.alone(for: platform), spec.name, &row) }
        }
    }

    private func check(
        _ image: Image, _ build: BuildOptions, _ name: String, _ row: inout WarmedSpec
    ) throws {
        let used = UsedRecords()
        let (steps, graph, session) = try builder.retrying(
            build, shared: shared, cancellation: cancellation, report: { report(name, $0) }
        ) { session in
            let (steps, _, graph, _) = try builder.forecast(image, session, mayFetch: true, used: used)
            return (steps, graph, session)
        }
        var misses = 0
        for step in steps {
            switch step.verdict {
            case .hit: row.hits += 1
            case .miss(let reason):
                misses += 1
                row.misses.append(WarmedSpec.Miss(title: step.title, reason: reason))
            case .config: break
            }
        }
        for export in build.cacheExports {
            row.sent += misses
            let writer = session.writer(to: export.cache)
            for key in export.keys(of: used.all, in: graph) {
                let lacks = try writer.lacks(key)
                row.sent += lacks ? 1 : 0
                row.present += lacks ? 0 : 1
            }
        }
    }

    private func row(
        _ spec: WarmSpec, _ body: (inout WarmedSpec, Image, BuildOptions) throws -> Void
    ) -> WarmedSpec {
        let began = MonotonicClock.now
        var row = WarmedSpec(spec.name)
        do {
            try cancellation.check()
            var (image, build) = try spec.load()
            build.names = []
            // They are in no cache.
            build.makesGroups = false
            build.cacheSources = options.asked(besides: build.cacheSources)
            build.cacheExports = options.exports
            try body(&row, image, build)
        } catch {
            row.failure = ChalkError(wrapping: error)
        }
        row.steps = row.hits + row.misses.count
        row.seconds = MonotonicClock.now - began
        return row
    }
}
