internal import ChalkRegistry

/// How registries are spoken to.
public struct TransferOptions: Hashable, Sendable {
    /// Plain HTTP to every registry; loopback ones always are.
    public var plainHTTP: Bool

    /// Options from their parts.
    public init(plainHTTP: Bool = false) {
        self.plainHTTP = plainHTTP
    }

    var registryOptions: RegistryOptions {
        var options = RegistryOptions()
        options.plainHTTP = plainHTTP ? .always : .loopback
        options.userAgent = "chalk-image/\(ChalkVersion.current)"
        return options
    }
}
