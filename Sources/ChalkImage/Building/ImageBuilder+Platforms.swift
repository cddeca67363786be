internal import ChalkOCI
internal import ChalkStore
internal import ChalkSystem

extension ImageBuilder {
    /// Builds for each platform, one after the other, and joins the images to an index, which gets the names.
    func performEach(
        _ image: Image, _ options: BuildOptions, shared: SharedWork, cancellation: Cancellation,
        report: @escaping @Sendable (BuildEvent) -> Void
    ) throws -> BuildResult {
        try ChalkError.wrap {
            let began = MonotonicClock.now
            let content = store.content
            // Over all of them: an image has no name before the index names it.
            let lock = try StoreLock.shared(content)
            return try withExtendedLifetime(lock) {
                var results: [BuildResult] = []
                var entries: [Descriptor] = []
                for platform in options.platforms.uniqued() {
                    let result = try perform(
                        image, options.alone(for: platform), shared: shared, cancellation: cancellation
                    ) { event in
                        if let event = event.of(platform) { report(event) }
                    }
                    var entry = result.manifest
                    entry.platform = platform
                    entries.append(entry)
                    results.append(result)
                }
                let bytes = Index(manifests: entries).encoded()
                let index = Descriptor(
                    mediaType: .index, digest: try content.put(bytes, .deferred), size: Int64(bytes.count))
                let kept = try GroupSet.keep(
                    results[0].groups.map { GroupContent($0.group) }, of: index, images: entries, in: content)
                try ImageAssembly(store: content, options: options).name(index, with: kept?.set)
                let names = options.names.map(\.withDefaultTag)
                let groups = zip(results[0].groups, kept?.groups ?? []).map { $0.joined(as: $1) }
                for group in groups { report(.group(group)) }
                report(
                    .finished(
                        manifest: index.digest, names: names.map(\.description),
                        seconds: MonotonicClock.now - began))
                return BuildResult(
                    manifest: index, config: results[0].config, names: names,
                    executedSteps: results.reduce(0) { $0 + $1.executedSteps },
                    cachedSteps: results.reduce(0) { $0 + $1.cachedSteps }, steps: results.flatMap(\.steps),
                    groups: groups, groupSet: kept?.set,
                    warnings: results.flatMap(\.warnings).uniqued(),
                    cacheExports: CacheExportSummary.joined(results.map(\.cacheExports)))
            }
        }
    }
}

extension BuildOptions {
    /// The options for one of several platforms.
    func alone(for platform: Platform) -> BuildOptions {
        var options = self
        options.platform = platform
        options.platforms = []
        options.names = []
        return options
    }
}

extension BuildEvent {
    /// The event as one of a build for several platforms; nil for what is said once for all.
    fileprivate func of(_ platform: Platform) -> BuildEvent? {
        switch self {
        case .stepStarted(let step): .stepStarted(step.of(platform))
        case .stepOutput(let step, let stream, let bytes): .stepOutput(step.of(platform), stream, bytes)
        case .stepFinished(let done):
            .stepFinished(
                FinishedStep(
                    step: done.step.of(platform), outcome: done.outcome, seconds: done.seconds,
                    cost: done.cost))
        case .finished, .group: nil
        case .planned, .transfer, .transferred, .warning: self
        }
    }
}

extension StepReport {
    fileprivate func of(_ platform: Platform) -> StepReport {
        StepReport(
            number: number, total: total, kind: kind, title: title,
            stage: [platform.description, stage].compactMap { $0 }.joined(separator: " "))
    }
}

extension Array where Element: Hashable {
    /// Each element once, in the order they have.
    fileprivate func uniqued() -> [Element] {
        var seen: Set<Element> = []
        return filter { seen.insert($0).inserted }
    }
}
