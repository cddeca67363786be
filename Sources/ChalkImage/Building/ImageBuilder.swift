internal import ChalkContext
internal import ChalkOCI
internal import ChalkPlan
internal import ChalkSpec
internal import ChalkStore
package import ChalkSystem

/// Builds images into a store.
public struct ImageBuilder: Sendable {
    /// Where images and records are kept.
    public let store: ImageStore

    /// A builder for a store.
    public init(store: ImageStore) {
        self.store = store
    }

    /// Builds an image, executing what no earlier build did.
    ///
    /// - Parameter report: told what happens, in order, from any thread.
    public func build(
        _ image: Image, _ options: BuildOptions = BuildOptions(),
        report: @escaping @Sendable (BuildEvent) -> Void = { _ in }
    ) async throws -> BuildResult {
        try await ChalkError.offload { cancellation in
            try self.perform(image, options, cancellation: cancellation, report: report)
        }
    }

    /// Says what a build would do and why. Executes nothing and changes nothing.
    public func plan(_ image: Image, _ options: BuildOptions = BuildOptions()) async throws -> BuildPlan {
        try await ChalkError.offload { cancellation in
            try self.performPlan(image, options, cancellation: cancellation)
        }
    }

    /// ``build(_:_:report:)`` on the caller's thread.
    package func perform(
        _ image: Image, _ options: BuildOptions, cancellation: Cancellation,
        report: @escaping @Sendable (BuildEvent) -> Void
    ) throws -> BuildResult {
        if !options.platforms.isEmpty {
            return try performEach(image, options, cancellation: cancellation, report: report)
        }
        return try ChalkError.wrap {
            let began = MonotonicClock.now
            let content = store.content
            let log = WarningLog()
            let report: @Sendable (BuildEvent) -> Void = { [report] event in
                if log.note(event) { report(event) }
            }
            let lock = try StoreLock.shared(content)
            // One of its own: a step that fails ends the others, but not what else the caller does.
            let own = Cancellation()
            return try cancellation.withHandler({ own.cancel() }) {
                defer { withExtendedLifetime(lock) {} }
                let session = try BuildSession(
                    store: content, options: options, cancellation: own, report: report)
                let (graph, bases) = try lower(image, session, keeps: true)
                let warnings = try self.warnings(image, graph, bases, options)
                for warning in warnings { report(.warning(warning)) }
                let execution = StageExecution(
                    graph, session: session, bases: bases, context: BuildContext(image, options))
                let built = try execution.run()
                let (manifest, config) = try ImageAssembly(store: content, options: options)
                    .assemble(graph.stages[graph.target], built)
                report(
                    .finished(
                        manifest: manifest.digest, names: options.names.map(\.withDefaultTag.description),
                        seconds: MonotonicClock.now - began))
                return BuildResult(
                    manifest: manifest, config: config, names: options.names.map(\.withDefaultTag),
                    executedSteps: execution.executed, cachedSteps: execution.cached,
                    steps: execution.finished,
                    warnings: log.warnings)
            }
        }
    }

    /// ``plan(_:_:)`` on the caller's thread.
    package func performPlan(
        _ image: Image, _ options: BuildOptions, cancellation: Cancellation
    ) throws -> BuildPlan {
        if !options.platforms.isEmpty {
            let plans = try options.platforms.map {
                try performPlan(image, options.alone(for: $0), cancellation: cancellation)
            }
            return BuildPlan(steps: plans.flatMap(\.steps), warnings: plans.flatMap(\.warnings))
        }
        return try ChalkError.wrap {
            let log = WarningLog()
            let session = try BuildSession(
                store: store.content, options: options, cancellation: cancellation,
                report: { _ = log.note($0) })
            let (graph, bases) = try lower(image, session, keeps: false)
            let warnings = try warnings(image, graph, bases, options)
            let forecast = StageForecast(
                graph, session: session, bases: bases, context: BuildContext(image, options))
            return BuildPlan(steps: try forecast.run(), warnings: warnings + log.warnings)
        }
    }

    private func lower(
        _ image: Image, _ session: BuildSession, keeps: Bool
    ) throws -> (PlanGraph, [PlatformImage: BaseResolver.Base]) {
        let options = session.options
        var bases: [PlatformImage: BaseResolver.Base] = [:]
        let graph = try PlanGraph.lower(
            try Definition(image.spec),
            PlanRequest(
                platform: options.platform, buildArguments: options.buildArguments, target: options.target,
                isolatesNetwork: options.isolatesNetwork,
                hosts: options.hosts.map { .init(name: $0.name, address: $0.address) },
                namedContexts: try options.namedContexts)
        ) { image in
            let base = try bases[image] ?? session.bases.resolve(image, in: store, keeps: keeps)
            bases[image] = base
            return base.config.runtime
        }
        return (graph, bases)
    }

    private func warnings(
        _ image: Image, _ graph: PlanGraph, _ bases: [PlatformImage: BaseResolver.Base],
        _ options: BuildOptions
    ) throws -> [String] {
        try VolumeGroups.validate(image.spec)
        var warnings = graph.warnings + image.spec.volumeWarnings.map(\.description)
        warnings += try lintWarnings(image, options, bases: bases)
        let lazy = image.spec.lazyDestinations
        if !lazy.isEmpty {
            warnings.append(
                "\(lazy.joined(separator: ", ")) \(lazy.count == 1 ? "is" : "are") not in the image: strategy \"volume\" mounts files when the container starts; use strategy \"copy\" to bake them in"
            )
        }
        if options.isStrict, let first = warnings.first {
            throw ChalkError(.invalidInput, "\(first) (--strict makes this an error)")
        }
        return warnings
    }
}
