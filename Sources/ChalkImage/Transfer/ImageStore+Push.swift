public import ChalkOCI
internal import ChalkRegistry
internal import ChalkStore
package import ChalkSystem

extension ImageStore {
    /// Sends an image to a registry under a name. What the registry has is not sent again; layers that are still in
    /// another repository of it are mounted from there.
    ///
    /// - Returns: the manifest's digest.
    @discardableResult
    public func push(
        _ name: String, to destination: Reference, _ options: TransferOptions = TransferOptions(),
        report: @escaping @Sendable (TransferReport) -> Void = { _ in }
    ) async throws -> Digest {
        try await ChalkError.offload { cancellation in
            try self.performPush(name, to: destination, options, cancellation: cancellation, report: report)
        }
    }

    /// The same on the caller's thread.
    @discardableResult
    package func performPush(
        _ name: String, to destination: Reference, _ options: TransferOptions, cancellation: Cancellation,
        report: @escaping @Sendable (TransferReport) -> Void
    ) throws -> Digest {
        try ChalkError.wrap {
            let lock = try StoreLock.shared(content)
            return try withExtendedLifetime(lock) {
                let image = try stored(name)
                let client = RegistryClient(options: options.registryOptions, cancellation: cancellation)
                let destination = destination.withDefaultTag
                let blobs = image.manifest.layers.uniqued() + [image.manifest.config]
                _ = try IOPool.shared.concurrentMap(blobs, width: BlobFetcher.width) {
                    try self.push($0, to: destination, client, report)
                }
                return try client.push(
                    manifest: try content.read(image.descriptor.digest),
                    mediaType: image.descriptor.mediaType,
                    to: destination)
            }
        }
    }

    private func push(
        _ blob: Descriptor, to destination: Reference, _ client: RegistryClient,
        _ report: @escaping @Sendable (TransferReport) -> Void
    ) throws {
        let source = content.remoteSources.get(blob.digest).map {
            Reference(registry: $0.registry, repository: $0.repository, tag: nil, digest: blob.digest)
        }
        func isDone(skipped: Bool) {
            report(
                TransferReport(
                    direction: .push, digest: blob.digest, done: blob.size, total: blob.size, skipped: skipped
                ))
        }
        if try !content.contains(blob) {
            if try client.blobExists(blob.digest, in: destination) { return isDone(skipped: true) }
            if let source, source.registry == destination.registry,
                try client.mount(blob.digest, from: source, to: destination)
            {
                return isDone(skipped: true)
            }
            try BlobFetcher(store: content, client: client, report: report).fetch([blob])
        }
        let pace = TransferPace(blob, .push, report)
        let outcome = try client.push(
            blob: blob, content: { try self.content.source(of: blob) }, to: destination, mountFrom: source,
            progress: { pace.show($0) })
        isDone(skipped: outcome != .uploaded)
    }
}

extension [Descriptor] {
    /// Each blob once, in the order they have.
    func uniqued() -> [Descriptor] {
        var seen: Set<Digest> = []
        return filter { seen.insert($0.digest).inserted }
    }
}
