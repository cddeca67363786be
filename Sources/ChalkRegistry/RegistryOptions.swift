/// How a ``RegistryClient`` talks to registries.
package struct RegistryOptions: Sendable {
    /// Which registries are spoken to without TLS.
    package enum PlainHTTP: Hashable, Sendable {
        /// Those on this machine: `localhost`, `127.0.0.0/8`, `::1`.
        case loopback
        /// All (`--plain-http`).
        case always
        /// None.
        case never
    }

    /// How long the other side may keep silent.
    package struct Timeouts: Hashable, Sendable {
        /// For a connection, all addresses together, and for each step of a TLS handshake.
        package var connect = Duration.seconds(30)
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
    /// A PEM file of certificate authorities to trust instead of the system's; nil for the system's.
    package var caBundle: String?
    /// PEM files of certificate authorities to trust as well.
    package var extraAuthorities: [String] = []
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
