internal import ChalkArchive
internal import ChalkOCI
internal import ChalkPlan
internal import ChalkStore
internal import ChalkSystem

/// Records of what steps made, here and in caches, and why one does not fit.
struct StepCache {
    let session: BuildSession
    /// Whether caches of other machines are asked too.
    let asksOthers: Bool
    /// The directory of the build context; nil where there is none.
    let context: String?
    /// Which of several layers of a step is meant.
    private var part: String?
    /// Is told each record that was used, and whether it is new.
    let note: (CacheKey, Bool) -> Void

    var store: ContentStore { session.store }

    /// Whether no earlier result is used.
    var isIgnored: Bool { session.options.ignoresCache }

    /// For a stage of a build.
    init(_ session: BuildSession, stage: Int, context: BuildContext, used: UsedRecords) {
        self.init(session, asksOthers: true, context: context.directory) {
            used.note(UsedRecords.Use(stage: stage, key: $0, isBuilt: $1))
        }
    }

    private init(
        _ session: BuildSession, asksOthers: Bool, context: String?, note: @escaping (CacheKey, Bool) -> Void
    ) {
        self.session = session
        self.asksOthers = asksOthers
        self.context = context
        self.note = note
    }

    /// The same for layers that are no step's result.
    var own: StepCache { StepCache(session, asksOthers: false, context: context, note: { _, _ in }) }

    /// The same for one of the layers that a step becomes.
    func ofPart(_ part: String) -> StepCache {
        var cache = self
        cache.part = part
        return cache
    }

    /// An earlier result, or why there is none.
    enum Answer {
        case hit(BuiltLayer?)
        /// A cache has it; nothing is kept of it yet.
        case found(CacheReader.Found)
        case miss(MissExplanation)
    }

    /// Looks for the result of a step.
    ///
    /// - Parameters:
    ///   - table: the step's file table, for the explanation.
    ///   - touching: false for a plan.
    func find(
        _ step: Step, _ inputs: NamedInputs, table: LayerTable? = nil, touching: Bool = true
    ) throws -> Answer {
        if isIgnored { return .miss(MissExplanation("the cache is not used (--no-cache)")) }
        let lookup = store.records.lookup(inputs.key, touching: touching)
        if case .hit(let record) = lookup {
            if let layer = record.layer { session.shared.taken.take(layer.digest, for: inputs.key) }
            note(inputs.key, false)
            return .hit(record.builtLayer)
        }
        if let found = try others(inputs) { return .found(found) }
        if case .miss(let miss) = lookup, let text = miss.warning { return .miss(MissExplanation(text)) }
        return .miss(try explain(step, inputs, table))
    }

    /// What the first of the caches has for a step, or for a question.
    func others(_ inputs: NamedInputs) throws -> CacheReader.Found? {
        let caches = session.options.cacheSources
        if !asksOthers || caches.isEmpty || session.shared.taken.isRefused(inputs.key) { return nil }
        return try session.shared.caches.entry(
            for: inputs, in: caches, warn: { session.report(.warning($0)) })
    }

    /// Keeps a result that a cache has; its layer stays there until somebody needs the bytes.
    func take(_ found: CacheReader.Found, _ step: Step, _ inputs: NamedInputs) throws -> BuiltLayer? {
        let record = found.record
        if let layer = record.layer {
            if try !store.contains(layer) {
                try store.remoteSources.put(
                    RemoteSource(
                        registry: found.cache.registry, repository: found.cache.repository,
                        mediaType: layer.mediaType, size: layer.size), for: layer.digest)
            }
            session.shared.taken.take(layer.digest, for: inputs.key)
        }
        try put(step, inputs, record.builtLayer, created: record.created)
        note(inputs.key, false)
        return record.builtLayer
    }

    /// Keeps the result of a step.
    func keep(_ step: Step, _ inputs: NamedInputs, layer: BuiltLayer?) throws {
        try put(step, inputs, layer, created: WallClock.seconds())
        note(inputs.key, true)
    }

    private func put(_ step: Step, _ inputs: NamedInputs, _ layer: BuiltLayer?, created: Int64) throws {
        try store.records.put(
            CacheRecord(
                key: inputs.key, kind: step.kind.rawValue, title: step.title,
                inputs: (inputs.inputs + inputs.notes + placeRow(of: step)).map(\.recorded),
                layer: layer?.descriptor, diffID: layer?.diffID, created: created))
    }

    /// What tells the step, or the layer of it that is meant, from those of the same words.
    func place(of step: Step) -> String? {
        let words = [StepPlace.name(of: step, context: context), part].compactMap(\.self)
        return words.isEmpty ? nil : words.joined(separator: ", ")
    }

    /// The row of a record that says so.
    func placeRow(of step: Step) -> [NamedInputs.Input] {
        place(of: step).map { [StepPlace.row($0)] } ?? []
    }

    /// The layer of the latest earlier result of a step with the same settings, whatever its files were.
    func latest(_ step: Step, _ settings: LayerSettings) -> BuiltLayer? {
        let inputs = NamedInputs.files(nil, settings: settings).inputs.map(\.recorded)
        let record = store.records.nearest(
            kind: step.kind.rawValue, title: step.title, inputs: inputs + placeRow(of: step).map(\.recorded))
        guard let record, record.title == step.title,
            inputs.allSatisfy({ $0.name == InputName.files || record.inputs.contains($0) })
        else { return nil }
        return record.builtLayer
    }
}

extension NamedInputs.Input {
    /// As a record has it.
    var recorded: CacheRecord.Input { CacheRecord.Input(name: name, value: value) }
}

extension CacheRecord {
    /// The layer with its diffID.
    var builtLayer: BuiltLayer? {
        guard let layer, let diffID else { return nil }
        return BuiltLayer(descriptor: layer, diffID: diffID)
    }
}
