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
    /// - Parameter platform: which image of an index; nil for the index with all its images.
    /// - Returns: the digest of the manifest or index.
    @discardableResult
    public func pull(
        _ reference: Reference, platform: Platform? = .host, _ options: TransferOptions = TransferOptions(),
        report: @escaping @Sendable (TransferReport) -> Void = { _ in }
    ) async throws -> TransferResult {
        try await ChalkError.offload { cancellation in
            try self.performPull(
                reference, platform: platform, options, cancellation: cancellation, report: report)
        }
    }

    /// The same on the caller's thread.
    @discardableResult
    package func performPull(
        _ reference: Reference, platform: Platform?, _ options: TransferOptions, cancellation: Cancellation,
        report: @escaping @Sendable (TransferReport) -> Void
    ) throws -> TransferResult {
        try ChalkError.wrap {
            let lock = try StoreLock.shared(content)
            return try withExtendedLifetime(lock) {
                try pull(
                    reference, platform: platform,
                    RegistryClient(options: options.registryOptions, cancellation: cancellation),
                    jobs: options.jobs, report)
            }
        }
    }

    /// Pulls with a client; the caller keeps collections away.
    func pull(
        _ reference: Reference, platform: Platform?, _ client: RegistryClient, jobs: Int,
        _ report: @escaping @Sendable (TransferReport) -> Void
    ) throws -> TransferResult {
        let board = TransferBoard(.pull, report)
        let reference = reference.withDefaultTag
        let image: Descriptor
        let layers: [Descriptor]
        if let platform {
            let documents = try ManifestPuller(client: client).fetch(reference, platform: platform)
            try ManifestPuller.keep(documents, in: content)
            (image, layers) = (documents.image.descriptor, documents.image.manifest.layers)
        } else {
            (image, layers) = try IndexPuller(store: content, client: client).take(reference)
        }
        for blob in layers.uniqued() where try content.contains(blob) { board.skip(blob) }
        try BlobFetcher(store: content, client: client, board: board, jobs: jobs).fetch(
            layers, from: reference)
        try content.settle()
        try content.references.set(reference, to: image)
        return TransferResult(digest: image.digest, totals: board.totals(client.traffic))
    }
}
