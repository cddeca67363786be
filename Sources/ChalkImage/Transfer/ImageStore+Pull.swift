public import ChalkOCI
internal import ChalkRegistry
internal import ChalkStore
package import ChalkSystem

extension ImageStore {
    /// Fetches an image with all its layers and names it.
    ///
    /// - Returns: the manifest's digest.
    @discardableResult
    public func pull(
        _ reference: Reference, platform: Platform = .host, _ options: TransferOptions = TransferOptions(),
        report: @escaping @Sendable (TransferReport) -> Void = { _ in }
    ) async throws -> Digest {
        try await ChalkError.offload { cancellation in
            try self.performPull(
                reference, platform: platform, options, cancellation: cancellation, report: report)
        }
    }

    /// The same on the caller's thread.
    @discardableResult
    package func performPull(
        _ reference: Reference, platform: Platform, _ options: TransferOptions, cancellation: Cancellation,
        report: @escaping @Sendable (TransferReport) -> Void
    ) throws -> Digest {
        try ChalkError.wrap {
            let lock = try StoreLock.shared(content)
            return try withExtendedLifetime(lock) {
                let client = RegistryClient(options: options.registryOptions, cancellation: cancellation)
                let documents = try ManifestPuller(client: client).fetch(
                    reference.withDefaultTag, platform: platform)
                try ManifestPuller.keep(documents, in: content)
                let image = documents.image
                try BlobFetcher(store: content, client: client, report: report)
                    .fetch(image.manifest.layers, from: reference)
                try content.settle()
                try content.references.set(reference.withDefaultTag, to: image.descriptor)
                return image.descriptor.digest
            }
        }
    }
}
