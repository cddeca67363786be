public import ChalkOCI
internal import ChalkRegistry
internal import ChalkStore
package import ChalkSystem

extension ImageStore {
    /// Fetches an image with all its layers and names it.
    ///
    /// What is in the store, or is being fetched by another process, is not fetched again; what a pull that was cut
    /// has left is gone on with.
    ///
    /// - Parameters:
    ///   - platform: which image of an index; nil for the index with all its images.
    ///   - volumes: whether the groups that belong to the image now are fetched too.
    /// - Returns: the digest of the manifest or index.
    @discardableResult
    public func pull(
        _ reference: Reference, platform: Platform? = .host, volumes: Bool = false,
        _ options: TransferOptions = TransferOptions(),
        report: @escaping @Sendable (TransferReport) -> Void = { _ in }
    ) async throws -> TransferResult {
        try await ChalkError.offload { cancellation in
            try self.performPull(
                reference, platform: platform, volumes: volumes, options, cancellation: cancellation,
                report: report)
        }
    }

    /// The same on the caller's thread.
    @discardableResult
    package func performPull(
        _ reference: Reference, platform: Platform?, volumes: Bool = false, _ options: TransferOptions,
        cancellation: Cancellation, report: @escaping @Sendable (TransferReport) -> Void
    ) throws -> TransferResult {
        try withClient(options, cancellation) { client in
            try pull(
                reference, platform: platform, volumes: volumes, client, jobs: options.jobs, report)
        }
    }

    /// Pulls with a client; the caller keeps collections away.
    func pull(
        _ reference: Reference, platform: Platform?, volumes: Bool = false, _ client: RegistryClient,
        jobs: Int,
        _ report: @escaping @Sendable (TransferReport) -> Void
    ) throws -> TransferResult {
        let board = TransferBoard(.pull, report)
        let reference = reference.withDefaultTag
        let (root, image): (Descriptor, Descriptor)
        var layers: [Descriptor]
        if let platform {
            let documents = try ManifestPuller(client: client).fetch(reference, platform: platform)
            try ManifestPuller.keep(documents, in: content)
            (root, image, layers) = (
                documents.root, documents.image.descriptor, documents.image.manifest.layers
            )
        } else {
            (image, layers) = try IndexPuller(store: content, client: client).take(reference)
            root = image
        }
        var groups: Descriptor?
        if volumes {
            let found = try GroupPuller(store: content, client: client, reference: reference)
                .take(of: root, as: image, platform: platform)
            groups = found.set
            layers += found.layers
        } else if let old = try content.references.descriptor(for: reference), old.digest == image.digest {
            // Nobody said that they have changed.
            groups = try? groupSet(of: reference.description)
        }
        for blob in layers.uniqued() where try content.contains(blob) { board.skip(blob) }
        try BlobFetcher(store: content, client: client, board: board, jobs: jobs).fetch(
            layers, from: reference)
        try content.settle()
        if volumes { try content.latestGroups.note(groups?.digest, of: image.digest) }
        try content.references.set(reference, to: image.with(groups: groups))
        return TransferResult(digest: image.digest, totals: board.totals(client.traffic))
    }
}
