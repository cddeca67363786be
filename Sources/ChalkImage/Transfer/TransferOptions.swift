public import ChalkRegistry

/// How registries are spoken to.
public struct TransferOptions: Hashable, Sendable {
    /// Plain HTTP to every registry; loopback ones always are.
    public var plainHTTP: Bool
    /// How often, and after which waits and failures, a request is tried again.
    public var retry: RetryPolicy = .exponential()
    /// Most blobs that are moved at a time.
    public var jobs = 4

    /// Options from their parts.
    public init(plainHTTP: Bool = false) {
        self.plainHTTP = plainHTTP
    }

    var registryOptions: RegistryOptions {
        var options = RegistryOptions()
        options.plainHTTP = plainHTTP ? .always : .loopback
        options.retry = retry
        options.userAgent = "chalk-image/\(ChalkVersion.current)"
        return options
    }
}
