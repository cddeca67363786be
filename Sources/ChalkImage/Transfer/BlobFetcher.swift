internal import ChalkOCI
internal import ChalkRegistry
internal import ChalkStore
internal import ChalkSystem

/// Brings blobs into the store that an image there only points to.
struct BlobFetcher: Sendable {
    let store: ContentStore
    let client: RegistryClient
    let board: TransferBoard
    /// Blobs moved at a time.
    let jobs: Int

    init(store: ContentStore, client: RegistryClient, board: TransferBoard, jobs: Int) {
        self.store = store
        self.client = client
        self.board = board
        self.jobs = max(1, jobs)
    }

    init(
        store: ContentStore, client: RegistryClient, jobs: Int = TransferOptions().jobs,
        report: @escaping @Sendable (TransferReport) -> Void
    ) {
        self.init(store: store, client: client, board: TransferBoard(.pull, report), jobs: jobs)
    }

    /// Makes sure that blobs are in the store.
    ///
    /// - Parameter reference: where they are when no earlier pull noted another place.
    func fetch(_ blobs: [Descriptor], from reference: Reference? = nil) throws {
        let missing = try blobs.uniqued().filter { try !store.contains($0) }
        // The largest first, so that none is left to run alone at the end.
        _ = try IOPool.shared.concurrentMap(missing.sorted { $0.size > $1.size }, width: jobs) {
            try fetch($0, reference)
        }
    }

    private func fetch(_ blob: Descriptor, _ reference: Reference?) throws {
        guard let source = reference ?? origin(of: blob) else {
            throw ChalkError(
                .notFound,
                "layer \(blob.digest) is not in the store and nobody noted where it is; pull or import its image again"
            )
        }
        guard let partial = try claim(blob) else { return board.skip(blob) }
        let mayBeOthers = partial.isResumed || client.hasMirrors(for: source)
        do {
            try fill(partial, blob, source, isLast: !mayBeOthers)
        } catch let error as StoreError where error.code == .mismatch && mayBeOthers {
            // What an earlier process left, or a mirror sent, may have been the wrong part.
            guard let anew = try claim(blob) else { return board.skip(blob) }
            try fill(anew, blob, source, isLast: true)
        }
    }

    /// The blob's file, as soon as nobody else fetches it; nil when it is in the store then.
    private func claim(_ blob: Descriptor) throws -> PartialBlob? {
        while true {
            if let partial = try store.partial(of: blob) {
                guard try store.contains(blob) else { return partial }
                partial.discard()
            }
            if try store.contains(blob) { return nil }
            try client.wait(.milliseconds(50))
        }
    }

    /// - Parameter isLast: the registry alone is asked, and what it sends is final.
    private func fill(
        _ partial: PartialBlob, _ blob: Descriptor, _ source: Reference, isLast: Bool
    ) throws {
        let pace = board.pace(blob, after: partial.count)
        try client.blob(
            blob.digest, size: blob.size, from: source, into: partial, after: partial.count,
            usesMirrors: !isLast, progress: { pace.show($0) })
        let found = partial.found
        do {
            try partial.commit()
        } catch let error as StoreError where error.code == .mismatch && isLast {
            throw ChalkError(
                .failed,
                "cannot pull blob \(blob.digest) from \(source.name): what came has digest \(found); the registry's copy is damaged; push it again"
            )
        }
        pace.finish()
    }

    private func origin(of blob: Descriptor) -> Reference? {
        store.remoteSources.get(blob.digest).map {
            Reference(registry: $0.registry, repository: $0.repository, tag: nil, digest: blob.digest)
        }
    }
}

extension [Descriptor] {
    /// Each blob once, in the order they have.
    func uniqued() -> [Descriptor] {
        var seen: Set<Digest> = []
        return filter { seen.insert($0.digest).inserted }
    }
}
