internal import ChalkOCI
internal import ChalkStore
package import ChalkSystem

/// Builds many images, so that caches have what their steps make: `docs/ci-cache.md`.
///
/// Specs are built side by side. A step that several have is executed once: who comes second waits for it. What the caches
/// lack is sent as each spec is done; one that fails does not stop the others.
public struct CacheWarmer: Sendable {
    /// Where is built.
    public let store: ImageStore

    /// A warmer that builds in a store.
    public init(store: ImageStore) {
        self.store = store
    }

    /// Told what happens with which spec, from any thread.
    public typealias Observer = @Sendable (_ spec: String, _ event: BuildEvent) -> Void

    /// Builds what no earlier build and no cache has, and sends what the caches lack.
    ///
    /// - Throws: ``ChalkError`` where nothing can be done at all; what is wrong with one spec is in the report.
    public func warm(
        _ specs: [WarmSpec], _ options: WarmOptions, report: @escaping Observer = { _, _ in }
    ) async throws -> WarmReport {
        try await ChalkError.offload {
            try self.perform(specs, options, checksOnly: false, cancellation: $0, report: report)
        }
    }

    /// Says what ``warm(_:_:report:)`` would do. No step is executed and nothing sent; layers that steps depend on may
    /// be fetched into the store.
    public func check(
        _ specs: [WarmSpec], _ options: WarmOptions, report: @escaping Observer = { _, _ in }
    ) async throws -> WarmReport {
        try await ChalkError.offload {
            try self.perform(specs, options, checksOnly: true, cancellation: $0, report: report)
        }
    }

    /// Either on the caller's thread.
    package func perform(
        _ specs: [WarmSpec], _ options: WarmOptions, checksOnly: Bool, cancellation: Cancellation,
        report: @escaping Observer
    ) throws -> WarmReport {
        try ChalkError.wrap {
            let began = MonotonicClock.now
            let shared = SharedWork(
                jobs: options.jobs, transfer: options.transfer, cancellation: cancellation)
            let work = SpecWarming(
                builder: ImageBuilder(store: store), options: options, shared: shared,
                cancellation: cancellation, report: report)
            // More than are executed, since some wait for a step of another.
            let width = min(2 * max(2, options.jobs ?? IOPool.processorCount), 32)
            let rows = try IOPool.shared.concurrentMap(specs, width: width) { spec in
                checksOnly ? work.check(spec) : work.warm(spec)
            }
            try cancellation.check()
            return WarmReport(specs: rows, seconds: MonotonicClock.now - began)
        }
    }
}
