internal import ChalkRegistry
internal import ChalkStore
internal import ChalkSystem

extension ImageStore {
    /// Does something with a client for registries, while collections are kept away.
    func withClient<T>(
        _ options: TransferOptions, _ cancellation: Cancellation, _ body: (RegistryClient) throws -> T
    ) throws(ChalkError) -> T {
        try ChalkError.wrap {
            let lock = try StoreLock.shared(content)
            return try withExtendedLifetime(lock) {
                try body(RegistryClient(options: options.registryOptions, cancellation: cancellation))
            }
        }
    }
}
