internal import ChalkArchive
internal import ChalkExec
internal import ChalkOCI
internal import ChalkPlan
internal import ChalkRegistry
internal import ChalkStore
internal import ChalkSystem

/// What the parts of one build share.
final class BuildSession: Sendable {
    let store: ContentStore
    let options: BuildOptions
    let cancellation: Cancellation
    let report: @Sendable (BuildEvent) -> Void
    let client: RegistryClient
    let fetcher: BlobFetcher
    let snapshots: SnapshotAccess
    let executor: StepExecutor
    let settings: LayerSettings
    let compression: LayerCompression

    init(
        store: ContentStore, options: BuildOptions, cancellation: Cancellation,
        report: @escaping @Sendable (BuildEvent) -> Void
    ) throws {
        self.store = store
        self.options = options
        self.cancellation = cancellation
        self.report = report
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

    /// The index of a layer's paths, read once and kept.
    func index(of layer: BuiltLayer) throws -> LayerIndex {
        if let index = knownIndex(of: layer) { return index }
        try fetcher.fetch([layer.descriptor])
        let index = try LayerIndex.read(try store.source(of: layer.descriptor))
        try store.layerIndexes.put(index.bytes, for: layer.diffID)
        return index
    }

    private func knownIndex(of layer: BuiltLayer) -> LayerIndex? {
        store.layerIndexes.get(layer.diffID).flatMap { bytes in
            try? LayerTable.isTable(bytes) ? LayerTable(bytes: bytes).index() : LayerIndex(bytes: bytes)
        }
    }

    /// The same without fetching or keeping anything; nil when that does not do.
    func indexIfAtHand(of layer: BuiltLayer) throws -> LayerIndex? {
        if let index = knownIndex(of: layer) { return index }
        guard try store.contains(layer.descriptor) else { return nil }
        return try LayerIndex.read(try store.source(of: layer.descriptor))
    }
}
