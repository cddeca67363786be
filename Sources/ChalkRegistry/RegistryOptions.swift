/// How a ``RegistryClient`` talks to registries.
package struct RegistryOptions: Sendable {
    /// How long the other side may keep silent.
    package struct Timeouts: Hashable, Sendable {
        /// For a connection, all addresses together, and for each step of a TLS handshake.
        package var connect = Duration.seconds(30)
        /// For leave to send a large body; without a word it is sent none the less (RFC 9110 section 10.1.1).
        package var leave = Duration.seconds(1)
        /// From the end of a request to the end of the answer's head.
        package var answer = Duration.seconds(60)
        /// The same after the PUT that commits a blob: registries may read all of it again before they answer.
        package var commit = Duration.seconds(300)
        /// Between two pieces of a body.
        package var idle = Duration.seconds(60)
        /// How long an unused connection is kept.
        package var keepAlive = Duration.seconds(30)

        /// The defaults.
        package init() {}
    }

    /// Which registries are spoken to without TLS.
    package var plainHTTP = PlainHTTP.loopback
    /// The User-Agent field.
    package var userAgent = "chalk-image"
    /// How often failed requests are tried again.
    package var retry = RetryPolicy.exponential()
    /// How long the other side may keep silent.
    package var timeouts = Timeouts()
    /// Where credentials come from.
    package var credentials: any CredentialProvider = AnonymousCredentials()
    /// Whose certificates are believed.
    package var trust = TrustSettings()
    /// Which requests go through a proxy.
    package var proxies = ProxySettings()
    /// Mirrors, what is insecure and what is blocked.
    package var rules = RegistryRules()
    /// Told of every exchange with a server, on the thread that had it.
    package var observer: (@Sendable (Exchange) -> Void)?
    /// Most bytes of one PATCH; nil sends what is left of a blob in one. Some registries (docker-registry 2) can go
    /// on with an upload only between two of them.
    package var uploadChunk: Int64? = 32 << 20
    /// Counts what goes over the wire; shared by copies of these options.
    package var meter = TrafficMeter()
    /// Time.
    package var clock: any RegistryClock = SystemClock()

    /// The defaults: anonymous, TLS but on loopback, the system's authorities.
    package init() {}
}
