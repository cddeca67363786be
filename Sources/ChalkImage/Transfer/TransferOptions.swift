public import ChalkRegistry

/// How registries and the servers of URLs are reached, and as whom. Nothing in it comes from the process: a
/// program that wants what its user has set hands over the environment.
public struct TransferOptions: Hashable, Sendable {
    /// Which registries are spoken to without TLS.
    public var plainHTTP: PlainHTTP
    /// Whose certificates are believed.
    public var trust = TrustSettings()
    /// Which requests go through a proxy.
    public var proxies = ProxySettings()
    /// Where credentials come from.
    public var credentials = CredentialSources()
    /// Mirrors, what is insecure and what is blocked.
    public var registries = RegistryRules()
    /// How often, and after which waits and failures, a request is tried again.
    public var retry: RetryPolicy = .exponential()
    /// Most blobs that are moved at a time.
    public var jobs = 4

    /// Anonymous, TLS but on loopback, the system's authorities, no proxy.
    public init(plainHTTP: PlainHTTP = .loopback) {
        self.plainHTTP = plainHTTP
    }

    /// What the variables of a user's session say (docs/registries.md).
    ///
    /// - Parameter rules: a file of ``RegistryRules``; nil for the one that the environment leads to.
    /// - Throws: ``ChalkError`` for rules that cannot be read.
    public init(environment: [String: String], rules: String? = nil) throws {
        self.init()
        trust = TrustSettings(environment: environment)
        proxies = ProxySettings(environment: environment)
        credentials = CredentialSources(environment: environment)
        registries = try ChalkError.wrap {
            try rules.map { try RegistryRules(file: $0) } ?? RegistryRules(environment: environment)
        }
    }

    var registryOptions: RegistryOptions {
        var options = RegistryOptions()
        options.plainHTTP = plainHTTP
        options.retry = retry
        options.userAgent = "chalk-image/\(ChalkVersion.current)"
        options.trust = trust
        options.proxies = proxies
        options.credentials = StoredCredentials(credentials)
        options.rules = registries
        return options
    }
}
