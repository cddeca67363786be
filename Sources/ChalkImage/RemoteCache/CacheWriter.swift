internal import ChalkArchive
internal import ChalkOCI
internal import ChalkPlan
internal import ChalkRegistry
internal import ChalkStore
internal import ChalkSystem
internal import Synchronization

/// Sends what steps made to one cache: what the cache lacks, and no more.
///
/// An entry is there when its tag is, which is written last. Others may write at the same time: each key has a tag of its
/// own, and whoever is later finds it or writes the same once more.
struct CacheWriter: Sendable {
    /// Entries sent at a time.
    private static let width = 4

    let store: ContentStore
    let shared: SharedWork
    let client: RegistryClient
    let cancellation: Cancellation
    let cache: RemoteCache
    private let pusher: ImagePusher

    init(
        _ cache: RemoteCache, store: ContentStore, shared: SharedWork, client: RegistryClient,
        cancellation: Cancellation, report: @escaping @Sendable (TransferReport) -> Void
    ) {
        self.cache = cache
        self.store = store
        self.shared = shared
        self.client = client
        self.cancellation = cancellation
        pusher = ImagePusher(
            store: store, client: client, board: TransferBoard(.push, report), jobs: CacheWriter.width)
    }

    /// Whether the cache has no entry for a key.
    func lacks(_ key: CacheKey) throws -> Bool {
        try shared.taken.isRefused(key) || lacks(CacheTag.entry(key, in: cache))
    }

    private func lacks(_ tag: Reference) throws -> Bool {
        if shared.caches.knowledge.has(tag) { return false }
        if shared.caches.knowledge.refuses(tag) { return true }
        do {
            _ = try client.resolve(tag, accept: [.manifest])
            shared.caches.knowledge.isThere(tag)
            return false
        } catch let error as RegistryError where error.code == .notFound {
            return true
        }
    }

    /// Sends the records of some keys; what fails is in the summary, with what was sent before.
    ///
    /// - Parameters:
    ///   - anew: keys whose entries are replaced, since the build was asked not to believe earlier results.
    ///   - layers: layers of which the cache is told what they hold, where the store knows it.
    func send(
        _ keys: [CacheKey], anew: Set<CacheKey> = [], layers: [BuiltLayer]
    ) throws -> CacheExportSummary {
        let summary = Mutex(CacheExportSummary(cache))
        do {
            try each(keys) { key in
                let name = Digest.of(Array("\(cache) \(key)".utf8))
                let bytes = try shared.claims.holding(name) { try send(key, isAnew: anew.contains(key)) }
                summary.withLock { summary in
                    summary.sent += bytes == nil ? 0 : 1
                    summary.present += bytes == nil ? 1 : 0
                    summary.bytes += bytes ?? 0
                }
            }
            try each(layers) { layer in
                let bytes = try shared.claims.holding(layer.diffID.digest) {
                    try sendContents(of: layer.diffID)
                }
                summary.withLock { $0.bytes += bytes }
            }
        } catch is Cancellation.Cancelled {
            throw Cancellation.Cancelled()
        } catch {
            let inner = ChalkError(wrapping: error)
            summary.withLock {
                $0.failure = ChalkError(inner.kind, "not everything is in the cache \(cache): \(inner)")
            }
        }
        return summary.withLock { $0 }
    }

    /// Does something for each item, several at a time; none is begun after one has failed, for the others would too.
    private func each<Item: Sendable>(
        _ items: [Item], _ body: @escaping @Sendable (Item) throws -> Void
    ) throws {
        let hasFailed = Mutex(false)
        _ = try IOPool.shared.concurrentMap(items, width: CacheWriter.width) { item in
            if hasFailed.withLock({ $0 }) { return }
            do {
                try persistently { try body(item) }
            } catch {
                hasFailed.withLock { $0 = true }
                throw error
            }
        }
    }

    /// Does something again that was refused. What a registry says of a blob while another machine commits the same one
    /// may be nonsense (docker-registry 2.8: "digest invalid", "blob unknown"); a little later it knows better.
    private func persistently(_ body: () throws -> Void) throws {
        for wait in [100, 200, 400, 800] {
            do {
                return try body()
            } catch let error as RegistryError where error.code == .refused || error.code == .notFound {
                try Pause.wait(.milliseconds(Int.random(in: wait / 2...wait)), cancellation)
            }
        }
        try body()
    }

    /// Sends one record; gives the bytes that were sent, nil where the entry is there.
    private func send(_ key: CacheKey, isAnew: Bool) throws -> Int64? {
        guard try isAnew || lacks(key), case .hit(let record) = store.records.lookup(key, touching: false)
        else { return nil }
        var contents: (descriptor: Descriptor, bytes: [UInt8])?
        if let table = record.diffID.flatMap({ store.layerIndexes.get($0) }), LayerTable.isTable(table) {
            contents = try LayerContents.encoded(table)
        }
        let entry = CacheEntry(record.sealed, contents: contents?.descriptor)
        let config = entry.config
        let manifest = entry.manifest(config: config)
        var sent = try push(record.layer, else: CacheEntry.emptyLayer) + push(config: config)
        if let contents { sent += try push(contents.descriptor, contents.bytes) }
        let tag = CacheTag.entry(key, in: cache)
        try client.push(manifest: manifest, mediaType: .manifest, to: tag)
        for near in CacheTag.near(
            kind: record.kind, title: record.title, place: StepPlace.read(record.rows), inputs: record.rows,
            in: cache)
        {
            try client.push(manifest: manifest, mediaType: .manifest, to: near)
        }
        shared.caches.knowledge.isThere(tag)
        return sent + Int64(manifest.count)
    }

    /// Says what a layer holds, where the store knows it and the cache does not; gives the bytes that were sent.
    private func sendContents(of layer: DiffID) throws -> Int64 {
        let tag = CacheTag.holds(layer, in: cache)
        guard let known = store.layerIndexes.get(layer), try lacks(tag),
            let contents = try LayerContents.encoded(known)
        else { return 0 }
        let entry = HoldsEntry(layer, contents: contents.descriptor)
        let config = entry.config
        let manifest = entry.manifest(config: config)
        let sent = try push(contents.descriptor, contents.bytes) + push(config: config)
        try client.push(manifest: manifest, mediaType: .manifest, to: tag)
        shared.caches.knowledge.isThere(tag)
        return sent + Int64(manifest.count)
    }

    private func push(config: [UInt8]) throws -> Int64 {
        try push(Descriptor(mediaType: .config, digest: .of(config), size: Int64(config.count)), config)
    }

    /// Gets bytes at hand into the cache; gives how many were sent.
    private func push(_ blob: Descriptor, _ bytes: [UInt8]) throws -> Int64 {
        let outcome = try client.push(blob: blob, content: { MemorySource(bytes) }, to: cache.blobs)
        return outcome == .uploaded ? blob.size : 0
    }

    /// Gets a layer into the cache, from another repository of its registry where that has it.
    private func push(_ layer: Descriptor?, else empty: [UInt8]) throws -> Int64 {
        guard let layer else {
            return try push(
                Descriptor(mediaType: .layer, digest: .of(empty), size: Int64(empty.count)), empty)
        }
        return try pusher.push(layer, to: cache.blobs) == .uploaded ? layer.size : 0
    }
}

extension CacheRecord {
    /// The inputs in the plan's words.
    var rows: [NamedInputs.Input] { inputs.map { NamedInputs.Input($0.name, $0.value) } }

    /// The record as it may leave the machine.
    fileprivate var sealed: CacheRecord {
        CacheRecord(
            key: key, kind: kind, title: title,
            inputs: rows.map(\.sealed).map { Input(name: $0.name, value: $0.value) }, layer: layer,
            diffID: diffID, created: created)
    }
}
