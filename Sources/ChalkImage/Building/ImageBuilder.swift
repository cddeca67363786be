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
        let shared = SharedWork(jobs: options.jobs, transfer: options.transfer, cancellation: cancellation)
        return try perform(image, options, shared: shared, cancellation: cancellation, report: report)
    }

    /// The same beside other builds.
    func perform(
        _ image: Image, _ options: BuildOptions, shared: SharedWork, cancellation: Cancellation,
        report: @escaping @Sendable (BuildEvent) -> Void
    ) throws -> BuildResult {
        if !options.platforms.isEmpty {
            return try performEach(
                image, options, shared: shared, cancellation: cancellation, report: report)
        }
        return try ChalkError.wrap {
            let log = WarningLog()
            let report: @Sendable (BuildEvent) -> Void = { [report] event in
                if log.note(event) { report(event) }
            }
            return try retrying(options, shared: shared, cancellation: cancellation, report: report) {
                try attempt(image, $0, log)
            }
        }
    }

    /// Does something in a session, and again in another as long as it fails because of what a record promised: without
    /// that record there is one step more to execute.
    func retrying<T>(
        _ options: BuildOptions, shared: SharedWork, cancellation: Cancellation,
        report: @escaping @Sendable (BuildEvent) -> Void, _ body: (BuildSession) throws -> T
    ) throws -> T {
        let lock = try StoreLock.shared(store.content)
        defer { withExtendedLifetime(lock) {} }
        while true {
            // One of its own: a step that fails ends the others, but not what else the caller does.
            let own = Cancellation()
            let session = try BuildSession(
                store: store.content, options: options, shared: shared, cancellation: own, report: report)
            do {
                return try cancellation.withHandler({ own.cancel() }) { try body(session) }
            } catch {
                if !session.hasRefused || cancellation.isCancelled { throw error }
            }
        }
    }

    private func attempt(_ image: Image, _ session: BuildSession, _ log: WarningLog) throws -> BuildResult {
        let began = MonotonicClock.now
        let options = session.options
        let (graph, bases) = try lower(image, session, keeps: true)
        let warnings = try self.warnings(image, graph, bases, options)
        for warning in warnings { session.report(.warning(warning)) }
        let context = BuildContext(image, options)
        // First: a file that is not there any more is better known before a long step.
        let made =
            options.makesGroups
            ? try GroupBuild(image.spec, session: session, context: context).make() : []
        let execution = StageExecution(graph, session: session, bases: bases, context: context)
        let built = try execution.run()
        if options.needsLayers { try session.fetch(built.layers) }
        let assembly = ImageAssembly(store: store.content, options: options)
        let target = graph.stages[graph.target]
        let (manifest, config) = try assembly.assemble(target, built)
        let kept = try GroupSet.keep(
            made.map(\.content), of: manifest, platform: target.platform, in: store.content)
        try assembly.name(manifest, with: kept?.set)
        let groups = zip(made, kept?.groups ?? []).map { $0.report($1) }
        for group in groups { session.report(.group(group)) }
        session.report(
            .finished(
                manifest: manifest.digest, names: options.names.map(\.withDefaultTag.description),
                seconds: MonotonicClock.now - began))
        let exports = try export(execution.used, of: graph, session)
        return BuildResult(
            manifest: manifest, config: config, names: options.names.map(\.withDefaultTag),
            executedSteps: execution.executed, cachedSteps: execution.cached,
            steps: execution.finished, groups: groups, groupSet: kept?.set, warnings: log.warnings,
            cacheExports: exports)
    }

    /// ``plan(_:_:)`` on the caller's thread.
    package func performPlan(
        _ image: Image, _ options: BuildOptions, cancellation: Cancellation
    ) throws -> BuildPlan {
        if !options.platforms.isEmpty {
            let plans = try options.platforms.map {
                try performPlan(image, options.alone(for: $0), cancellation: cancellation)
            }
            // Groups are the same for every platform.
            return BuildPlan(
                steps: plans.flatMap(\.steps), groups: plans.first?.groups ?? [],
                warnings: plans.flatMap(\.warnings))
        }
        return try ChalkError.wrap {
            let shared = SharedWork(
                jobs: options.jobs, transfer: options.transfer, cancellation: cancellation)
            let log = WarningLog()
            let session = try BuildSession(
                store: store.content, options: options, shared: shared, cancellation: cancellation,
                report: { _ = log.note($0) })
            let forecast = try forecast(image, session, mayFetch: false, used: UsedRecords())
            let groups = try GroupBuild(
                image.spec, session: session, context: BuildContext(image, options)
            ).forecast(over: { try forecast.stages.targetTree() })
            return BuildPlan(
                steps: forecast.steps, groups: groups, warnings: forecast.warnings + log.warnings)
        }
    }

    /// What a build would do with each step.
    ///
    /// - Parameter mayFetch: see ``StageForecast``.
    func forecast(
        _ image: Image, _ session: BuildSession, mayFetch: Bool, used: UsedRecords
    ) throws -> (steps: [PlannedStep], warnings: [String], graph: PlanGraph, stages: StageForecast) {
        let (graph, bases) = try lower(image, session, keeps: mayFetch)
        let warnings = try warnings(image, graph, bases, session.options)
        let forecast = StageForecast(
            graph, session: session, bases: bases, context: BuildContext(image, session.options), used: used,
            mayFetch: mayFetch)
        return (try forecast.run(), warnings, graph, forecast)
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
        ) { image, place in
            let base: BaseResolver.Base
            do {
                base = try bases[image] ?? session.bases.resolve(image, in: store, keeps: keeps)
            } catch {
                throw ChalkError(wrapping: error).at(place)
            }
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
        if options.isStrict, let first = warnings.first {
            throw ChalkError(.invalidInput, "\(first) (--strict makes this an error)")
        }
        return warnings
    }
}
