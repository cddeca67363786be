internal import ChalkArchive
internal import ChalkOCI
internal import ChalkPlan
internal import ChalkStore
internal import ChalkSystem

/// The layer of a step's files: recognised, or made from the first change on. See `docs/decisions/0004`.
struct FileLayer {
    let session: BuildSession
    let cache: StepCache
    let step: Step
    let entries: StepEntries
    /// What the sources were, for explanations.
    let notes: [NamedInputs.Input]

    init(
        session: BuildSession, cache: StepCache, step: Step, entries: StepEntries,
        notes: [NamedInputs.Input]
    ) {
        self.session = session
        self.cache = entries.part.map { cache.ofPart($0) } ?? cache
        self.step = step
        self.entries = entries
        self.notes = notes
    }

    private var store: ContentStore { session.store }

    /// Makes the layer unless an earlier build did.
    func build() throws -> StepResult {
        guard let key = try store.fingerprintKey(makes: true) else {
            throw ChalkError(.failed, "the store \(store.path) has no key")
        }
        let composer = try composer(key)
        let sighting = cache.isIgnored ? nil : self.sighting
        if let sighting, composer.recognises(sighting) {
            let inputs = inputs(sighting.plainID)
            if case .hit(let layer) = try cache.find(step, inputs) { return hit(layer, inputs, StepCost()) }
        }
        let known = cache.isIgnored ? nil : known(sighting)
        let composed = try composer.compose(onto: known?.layer, sighting: sighting) {
            try store.ingest(.deferred)
        }
        let inputs = inputs(composed.plainID)
        func built(_ layer: BuiltLayer, _ why: String) throws -> StepResult {
            try cache.keep(step, inputs, layer: layer)
            keepSighting(composed, layer)
            return StepResult(
                layer: layer,
                outcome: .built(
                    key: inputs.key, layer: layer.descriptor.digest, size: layer.descriptor.size, reason: why),
                cost: StepCost(composed.cost))
        }
        switch try cache.find(step, inputs, table: composed.table) {
        case .hit(let layer):
            if let layer { keepSighting(composed, layer) }
            return hit(layer, inputs, StepCost(composed.cost))
        case .found(let found):
            // The bytes are at hand, and say what the entry must.
            let layer = try keep(composed, onto: known?.blob)
            guard found.record.builtLayer == layer else {
                let why = "layer \(layer.descriptor.digest) is what the files make, and the cache has another"
                session.report(.warning("\(step.shortTitle): \(why), which is refused"))
                session.shared.caches.knowledge.isBad(CacheTag.entry(inputs.key, in: found.cache))
                return try built(layer, why)
            }
            _ = try cache.take(found, step, inputs)
            keepSighting(composed, layer)
            return hit(layer, inputs, StepCost(composed.cost))
        case .miss(let why):
            return try built(try keep(composed, onto: known?.blob), why.description)
        }
    }

    private func hit(_ layer: BuiltLayer?, _ inputs: NamedInputs, _ cost: StepCost) -> StepResult {
        StepResult(
            layer: layer, outcome: .cached(key: inputs.key, layer: layer?.descriptor.digest), cost: cost)
    }

    /// The inputs of the step, and what its layer would hold; nothing is written.
    func forecast() throws -> (NamedInputs, LayerTable?) {
        if entries.list.count == 0 { return (inputs(nil), nil) }
        // Without a key nothing is known, and any will do.
        let key = try store.fingerprintKey(makes: false)
        let composer = try composer(key ?? [UInt8](repeating: 0, count: FingerprintHasher.keySize))
        let sighting = key == nil ? nil : self.sighting
        if let sighting, composer.recognises(sighting) {
            let table = store.layerIndexes.get(sighting.diffID).flatMap { try? LayerTable(bytes: $0) }
            return (inputs(sighting.plainID), table)
        }
        let known = key == nil ? nil : known(sighting)
        let composed = try composer.compose(
            onto: known?.layer, sighting: sighting, sink: Optional<() throws -> Ingest>.none)
        return (inputs(composed.plainID), composed.table)
    }

    private func inputs(_ layer: DiffID?) -> NamedInputs {
        NamedInputs.files(layer, settings: session.settings, notes: notes)
    }

    private func composer(_ key: [UInt8]) throws -> LayerComposer {
        try LayerComposer(
            entries.list, compression: session.compression, key: key, cancellation: session.cancellation,
            rule: session.options.segmentRule
        ) { [entries] in StepContentReader(entries) }
    }

    /// What the files looked like last.
    private var sighting: Sighting? {
        store.sightings.get(entries.place).flatMap { Sighting(bytes: $0) }
    }

    /// The layer that the files made last, else that of the latest step like this one.
    private func known(_ sighting: Sighting?) -> (layer: KnownLayer, blob: Digest)? {
        let blobs = [sighting?.blob, cache.latest(step, session.settings)?.descriptor.digest]
        for blob in blobs.compactMap({ $0 }) {
            guard let ledger = store.ledgers.get(blob), let file = try? store.open(blob),
                let layer = KnownLayer(
                    ledger: ledger, table: { store.layerIndexes.get($0) }, blob: file)
            else { continue }
            return (layer, blob)
        }
        return nil
    }

    /// Keeps a layer with all that the next build of it can use.
    private func keep(_ composed: ComposedLayer<Ingest>, onto known: Digest?) throws -> BuiltLayer {
        let blob: (digest: Digest, size: Int64)
        if let sink = composed.sink {
            blob = try sink.commit()
        } else if let known, let size = try store.size(of: known) {
            blob = (known, size)
        } else {
            throw ChalkError(.failed, "the layer of \(step.shortTitle) is gone from the store; build again")
        }
        if !composed.isKnown {
            if let ledger = composed.ledger { try store.ledgers.put(ledger.bytes, for: blob.digest) }
            try store.layerIndexes.put(composed.table.bytes, for: composed.diffID)
        }
        return BuiltLayer(
            descriptor: Descriptor(
                mediaType: session.compression.mediaType, digest: blob.digest, size: blob.size,
                annotations: composed.estargz?.annotations ?? [:]),
            diffID: composed.diffID)
    }

    /// Keeps what the files look like. A store that cannot be written to only takes longer the next time.
    private func keepSighting<Sink: LayerSink>(_ composed: ComposedLayer<Sink>, _ layer: BuiltLayer) {
        let sighting = Sighting(
            diffID: layer.diffID, plainID: composed.plainID, blob: layer.descriptor.digest,
            fingerprints: composed.fingerprints)
        if sighting != self.sighting { try? store.sightings.put(sighting.bytes, for: entries.place) }
    }
}

extension Ingest: LayerSink {}
