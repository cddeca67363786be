internal import ChalkOCI
internal import ChalkRegistry
internal import ChalkStore
internal import ChalkSystem

/// Brings blobs into the store that an image there only points to.
struct BlobFetcher: Sendable {
    /// Blobs moved at a time.
    static let width = 4

    let store: ContentStore
    let client: RegistryClient
    let report: @Sendable (TransferReport) -> Void

    /// Makes sure that blobs are in the store.
    ///
    /// - Parameter reference: where they are when no earlier pull noted another place.
    func fetch(_ blobs: [Descriptor], from reference: Reference? = nil) throws {
        var missing: [Descriptor] = []
        for blob in blobs
        where try !store.contains(blob) && !missing.contains(where: { $0.digest == blob.digest }) {
            missing.append(blob)
        }
        if missing.isEmpty { return }
        _ = try IOPool.shared.concurrentMap(missing, width: BlobFetcher.width) { try fetch($0, reference) }
    }

    private func fetch(_ blob: Descriptor, _ reference: Reference?) throws {
        guard let source = reference ?? origin(of: blob) else {
            throw ChalkError(
                .notFound,
                "layer \(blob.digest) is not in the store and nobody noted where it is; pull or import its image again"
            )
        }
        do {
            try fetch(blob, source, usesMirrors: true)
        } catch let error as RegistryError where error.code == .digestMismatch && client.hasMirrors(for: source) {
            try fetch(blob, source, usesMirrors: false)
        }
        report(TransferReport(direction: .pull, digest: blob.digest, done: blob.size, total: blob.size))
    }

    private func fetch(_ blob: Descriptor, _ source: Reference, usesMirrors: Bool) throws {
        let ingest = try store.ingest(.deferred)
        let pace = TransferPace(blob, .pull, report)
        try client.blob(
            blob.digest, size: blob.size, from: source, into: ingest, usesMirrors: usesMirrors,
            progress: { pace.show($0) })
        try ingest.commit(expecting: blob.digest, size: blob.size)
    }

    private func origin(of blob: Descriptor) -> Reference? {
        store.remoteSources.get(blob.digest).map {
            Reference(registry: $0.registry, repository: $0.repository, tag: nil, digest: blob.digest)
        }
    }
}
