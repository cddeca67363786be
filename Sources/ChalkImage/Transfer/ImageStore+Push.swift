public import ChalkOCI
internal import ChalkRegistry
package import ChalkSystem

extension ImageStore {
    /// Sends an image to a registry under a name. What the registry has is not sent again; layers that are still in
    /// another repository of it are mounted from there. The groups that belong to the image now go with it.
    ///
    /// - Returns: the digest of the manifest, or of the index where the image is one of several platforms.
    @discardableResult
    public func push(
        _ name: String, to destination: Reference, _ options: TransferOptions = TransferOptions(),
        report: @escaping @Sendable (TransferReport) -> Void = { _ in }
    ) async throws -> Digest {
        try await push(name, to: [destination], options, report: report).digest
    }

    /// The same for several names, which may be of different repositories and registries: what one repository has is
    /// mounted into the others of its registry.
    @discardableResult
    public func push(
        _ name: String, to destinations: [Reference], _ options: TransferOptions = TransferOptions(),
        report: @escaping @Sendable (TransferReport) -> Void = { _ in }
    ) async throws -> TransferResult {
        try await ChalkError.offload { cancellation in
            try self.performPush(name, to: destinations, options, cancellation: cancellation, report: report)
        }
    }

    /// The same on the caller's thread, to one destination.
    @discardableResult
    package func performPush(
        _ name: String, to destination: Reference, _ options: TransferOptions, cancellation: Cancellation,
        report: @escaping @Sendable (TransferReport) -> Void
    ) throws -> Digest {
        try performPush(name, to: [destination], options, cancellation: cancellation, report: report).digest
    }

    /// The same on the caller's thread.
    @discardableResult
    package func performPush(
        _ name: String, to destinations: [Reference], _ options: TransferOptions, cancellation: Cancellation,
        report: @escaping @Sendable (TransferReport) -> Void
    ) throws -> TransferResult {
        try withClient(options, cancellation) { client in
            try push(
                try descriptor(named: name), with: try groupSet(of: name), to: destinations, client,
                jobs: options.jobs, report)
        }
    }

    /// Sends what was built, with the groups that it was built with, whatever others build meanwhile.
    package func performPush(
        _ result: BuildResult, _ options: TransferOptions, cancellation: Cancellation,
        report: @escaping @Sendable (TransferReport) -> Void
    ) throws -> TransferResult {
        try withClient(options, cancellation) { client in
            try push(
                result.manifest, with: result.groupSet, to: result.names, client, jobs: options.jobs, report)
        }
    }

    /// Pushes a manifest or index with a client; the caller keeps collections away.
    func push(
        _ root: Descriptor, with groups: Descriptor? = nil, to destinations: [Reference],
        _ client: RegistryClient, jobs: Int,
        _ report: @escaping @Sendable (TransferReport) -> Void
    ) throws -> TransferResult {
        let board = TransferBoard(.push, report)
        try ImagePusher(store: content, client: client, board: board, jobs: jobs)
            .push(root, with: groups, to: destinations.map(\.withDefaultTag))
        return TransferResult(digest: root.digest, totals: board.totals(client.traffic))
    }
}
