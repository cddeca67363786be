/// Whose certificates are believed, and which certificates show who we are.
public struct TrustSettings: Hashable, Sendable {
    /// A PEM file of authorities instead of the system's (`SSL_CERT_FILE`); nil for the system's.
    public var bundle: String?
    /// Directories of PEM files of authorities (`SSL_CERT_DIR`); empty for the system's bundle.
    public var bundleDirectories: [String]
    /// PEM files of authorities to trust as well (`--ca-cert`).
    public var authorities: [String]
    /// Directories that have one for each registry, called `HOST` or `HOST:PORT`, with authorities (`*.crt`)
    /// and client certificates (`NAME.cert` with `NAME.key`). The first that has one for a registry counts.
    public var registryDirectories: [String]
    /// A directory like one of those, for every registry (`--cert-dir`).
    public var directory: String?
    /// False when no certificate is checked (`--tls-verify=false`): whoever is between can read and change
    /// everything.
    public var verifies: Bool

    /// The system's authorities, and nothing else.
    public init() {
        bundleDirectories = []
        authorities = []
        registryDirectories = []
        verifies = true
    }

    /// What Go's programs take from the environment (`SSL_CERT_FILE`, `SSL_CERT_DIR`), and the directories
    /// where containers' tools and Docker look for the certificates of registries.
    public init(environment: [String: String]) {
        self.init()
        bundle = environment["SSL_CERT_FILE"].flatMap { $0.isEmpty ? nil : $0 }
        bundleDirectories = (environment["SSL_CERT_DIR"] ?? "").split(separator: ":").map { String($0) }
        let home = environment["HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
        let configuration = environment["XDG_CONFIG_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
        registryDirectories =
            [
                (configuration ?? home.map { "\($0)/.config" }).map { "\($0)/containers/certs.d" },
                home.map { "\($0)/.docker/certs.d" }, "/etc/containers/certs.d", "/etc/docker/certs.d",
            ].compactMap { $0 }
    }

    /// The variables that ``init(environment:)`` looks at.
    public static let variables = ["SSL_CERT_FILE", "SSL_CERT_DIR", "HOME", "XDG_CONFIG_HOME"]
}
