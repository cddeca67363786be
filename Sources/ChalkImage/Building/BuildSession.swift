internal import ChalkArchive
internal import ChalkExec
internal import ChalkOCI
internal import ChalkPlan
internal import ChalkRegistry
internal import ChalkStore
internal import ChalkSystem
internal import Synchronization

/// What the parts of one build share.
final class BuildSession: Sendable {
    let store: ContentStore
    let options: BuildOptions
    let cancellation: Cancellation
    let report: @Sendable (BuildEvent) -> Void
    let shared: SharedWork
    let client: RegistryClient
    let fetcher: BlobFetcher
    let snapshots: SnapshotAccess
    let executor: StepExecutor
    let settings: LayerSettings
    let compression: LayerCompression
    private let refusals = Mutex(0)

    init(
        store: ContentStore, options: BuildOptions, shared: SharedWork, cancellation: Cancellation,
        report: @escaping @Sendable (BuildEvent) -> Void
    ) throws {
        self.store = store
        self.options = options
        self.cancellation = cancellation
        self.report = report
        self.shared = shared
        client = RegistryClient(options: options.transfer.registryOptions, cancellation: cancellation)
        fetcher = BlobFetcher(store: store, client: client, report: { report(.transfer($0)) })
        snapshots = try SnapshotAccess(store: store)
        executor = StepExecutor(
            snapshots: snapshots.snapshots, runtime: RuntimeChoice(named: options.runtime))
        compression = LayerCompression(options.compression)
        let (name, level) = compression.parts
        let encoder = LayerFormat.encoderVersion(of: compression)
        settings = LayerSettings(
            format: "\(LayerFormat.version) \(name) \(level) (\(encoder))", epoch: options.epoch)
    }

    /// The base that a reference means.
    var bases: BaseResolver { BaseResolver(store: store, client: client, options: options) }

    /// Sees that commands of a platform can run here.
    func checkRuns(on platform: Platform) throws {
        let wanted = platform.architecture
        let host = Platform.host.architecture
        if wanted == host || (wanted, host) == ("386", "amd64") || BinaryFormats.emulates(wanted) { return }
        throw ChalkError(
            .failed,
            "a RUN step for \(platform) cannot run on \(Platform.host): no emulator is registered for"
                + " such programs (binfmt_misc, flag F); install one (Debian: apt-get install qemu-user-static)"
                + " or build it on such a machine")
    }

    /// Whether a layer that a record promised was refused, so that the build is best begun again.
    var hasRefused: Bool { refusals.withLock { $0 > 0 } }

    /// Notes a refusal.
    func countRefusal() { refusals.withLock { $0 += 1 } }

    /// The index of a layer's paths, read once and kept.
    func index(of layer: BuiltLayer) throws -> LayerIndex {
        if let index = try knownIndex(of: layer) ?? promisedIndex(of: layer) { return index }
        try fetch([layer])
        let index = try LayerIndex.read(try store.source(of: layer.descriptor))
        try store.layerIndexes.put(index.bytes, for: layer.diffID)
        return index
    }

    private func knownIndex(of layer: BuiltLayer) -> LayerIndex? {
        store.layerIndexes.get(layer.diffID).flatMap { bytes in
            try? LayerTable.isTable(bytes) ? LayerTable(bytes: bytes).index() : LayerIndex(bytes: bytes)
        }
    }

    /// What a cache says that a layer holds whose bytes are not here. Not kept: nobody has checked it.
    private func promisedIndex(of layer: BuiltLayer) throws -> LayerIndex? {
        if try options.cacheSources.isEmpty || store.contains(layer.descriptor) { return nil }
        return try shared.caches.index(
            of: layer.diffID, in: options.cacheSources, warn: { report(.warning($0)) })
    }

    /// The same without fetching or keeping anything; nil when that does not do.
    func indexIfAtHand(of layer: BuiltLayer) throws -> LayerIndex? {
        if let index = try knownIndex(of: layer) ?? promisedIndex(of: layer) { return index }
        guard try store.contains(layer.descriptor) else { return nil }
        return try LayerIndex.read(try store.source(of: layer.descriptor))
    }
}
