internal import ChalkArchive
internal import ChalkOCI
internal import ChalkPlan
internal import ChalkRegistry
internal import ChalkStore
internal import ChalkSystem
internal import Synchronization

/// Asks caches for what steps made, for any number of builds.
///
/// A cache is a convenience: one that gives no answer is not asked again, an entry that is no good is as none, and of
/// either people are warned. Nothing here throws but ``Cancellation/Cancelled``.
final class CacheReader: Sendable {
    /// What was found out about the caches.
    let knowledge = CacheKnowledge()
    private let client: RegistryClient
    private let cancellation: Cancellation
    private let indexes = Mutex<[DiffID: LayerIndex]>([:])

    init(_ transfer: TransferOptions, cancellation: Cancellation) {
        var options = transfer.registryOptions
        // Nobody waits long for what may as well be made here.
        options.retry = .exponential(attempts: 1, initial: .milliseconds(200))
        client = RegistryClient(options: options, cancellation: cancellation)
        self.cancellation = cancellation
    }

    /// An entry and the cache that has it.
    struct Found {
        let entry: CacheEntry
        let cache: RemoteCache

        /// What the step made; its inputs are sealed.
        var record: CacheRecord { entry.record }
    }

    /// The entry of the first of some caches that has one for a step with these inputs.
    func entry(
        for inputs: NamedInputs, in caches: [RemoteCache], warn: (String) -> Void
    ) throws -> Found? {
        for cache in caches {
            let tag = CacheTag.entry(inputs.key, in: cache)
            guard let entry = try read(tag, of: cache, key: inputs.key, warn) else { continue }
            if let fault = CacheReader.fault(of: entry.record, as: inputs) {
                refuse(tag, fault, warn)
                continue
            }
            knowledge.isThere(tag)
            return Found(entry: entry, cache: cache)
        }
        return nil
    }

    /// The latest entries that are like a step, the most alike first.
    func near(
        kind: String, title: String, place: String?, inputs: NamedInputs, in caches: [RemoteCache],
        warn: (String) -> Void
    ) throws -> Found? {
        for cache in caches {
            for tag in CacheTag.near(
                kind: kind, title: title, place: place, inputs: inputs.inputs, in: cache)
            {
                guard let entry = try read(tag, of: cache, key: nil, warn), entry.record.kind == kind,
                    entry.record.key != inputs.key
                else { continue }
                return Found(entry: entry, cache: cache)
            }
        }
        return nil
    }

    /// What the layer of an entry holds; nil where the entry does not say it.
    func table(of found: Found, warn: (String) -> Void) -> LayerTable? {
        guard let contents = found.entry.contents, contents.size <= LayerContents.limit else { return nil }
        do {
            return LayerContents.table(in: try blob(contents, found.cache))
        } catch {
            warn("what changed is not known: \(error)")
            return nil
        }
    }

    /// What a layer holds, as the first of some caches has it that says so; nil where none does. Nobody has compared it
    /// with the layer.
    func index(
        of layer: DiffID, in caches: [RemoteCache], warn: (String) -> Void
    ) throws -> LayerIndex? {
        if let known = indexes.withLock({ $0[layer] }) { return known }
        for cache in caches {
            let tag = CacheTag.holds(layer, in: cache)
            let entry = try documents(of: tag, in: cache, warn) { try HoldsEntry($0, config: $1, of: layer) }
            guard let entry, entry.contents.size <= LayerContents.limit,
                let bytes = try? blob(entry.contents, cache), let index = LayerContents.index(in: bytes)
            else { continue }
            knowledge.isThere(tag)
            indexes.withLock { $0[layer] = index }
            return index
        }
        return nil
    }

    /// Why a record cannot be that of a step with these inputs; nil when it can.
    private static func fault(of record: CacheRecord, as inputs: NamedInputs) -> String? {
        let rows = record.inputs.map { NamedInputs.Input($0.name, $0.value) }
        if !inputs.isRecorded(as: rows) { return "its inputs are not those of the step" }
        // Files say themselves whether there is a layer.
        if let files = inputs[InputName.files], (Digest(files) == nil) != (record.layer == nil) {
            return "its layer is not what the step's files make"
        }
        return nil
    }

    private func read(
        _ tag: Reference, of cache: RemoteCache, key: CacheKey?, _ warn: (String) -> Void
    ) throws -> CacheEntry? {
        try documents(of: tag, in: cache, warn) { try CacheEntry($0, config: $1, key: key) }
    }

    /// What is made of the manifest and the config under a tag; nil where there are none that are good.
    private func documents<T>(
        of tag: Reference, in cache: RemoteCache, _ warn: (String) -> Void,
        _ make: (Manifest, [UInt8]) throws -> T
    ) throws -> T? {
        if knowledge.isOff(cache) || knowledge.refuses(tag) { return nil }
        do {
            let manifest = try CacheEntry.manifest(parsing: client.manifest(tag, accept: [.manifest]).bytes)
            let config: [UInt8]
            do {
                config = try blob(manifest.config, cache)
            } catch let error as RegistryError where error.code == .notFound {
                throw CacheEntry.Fault(description: error.description)
            }
            return try make(manifest, config)
        } catch let error as RegistryError {
            switch error.code {
            case .notFound: break
            case .digestMismatch, .tooLarge, .protocolViolation, .refused: refuse(tag, error.description, warn)
            default:
                if knowledge.turnOff(cache) { warn("the cache \(cache) is not used: \(error)") }
            }
        } catch let fault as CacheEntry.Fault {
            refuse(tag, fault.description, warn)
        } catch {
            try cancellation.check()
            throw error
        }
        return nil
    }

    private func refuse(_ tag: Reference, _ why: String, _ warn: (String) -> Void) {
        knowledge.isBad(tag)
        warn("the cache entry \(tag) is refused: \(why); what it is for is made here")
    }

    private func blob(_ blob: Descriptor, _ cache: RemoteCache) throws -> [UInt8] {
        let sink = MemorySink()
        try client.blob(blob.digest, size: blob.size, from: cache.blobs, into: sink)
        return sink.bytes
    }
}
