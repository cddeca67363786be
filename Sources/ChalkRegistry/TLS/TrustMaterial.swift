internal import ChalkSystem

/// The files that count for one host: what ``TrustSettings`` comes to.
struct TrustMaterial: Hashable, Sendable {
    /// PEM files of authorities for this host.
    var authorities: [String] = []
    /// PEM files of authorities for all hosts. They may be missing, as they may for Go's programs.
    var bundles: [String] = []
    /// Directories of such files.
    var directories: [String] = []
    /// What shows who we are.
    var client: ClientCertificate?
    var verifies = true

    /// A certificate and its key, PEM files.
    struct ClientCertificate: Hashable, Sendable {
        let certificate: String
        let key: String
    }

    /// Where distributions keep their bundle: Debian, Fedora, openSUSE, Alpine.
    static let systemBundles = [
        "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem",
        "/etc/ssl/cert.pem",
    ]

    /// Every file and directory of authorities, for people.
    var places: [String] { authorities + bundles + directories }
}

/// Whom a connection is made to, and for whom: redirects and token services are reached on behalf of a
/// registry.
struct Destination: Hashable, Sendable {
    let origin: Origin
    /// Whose authorities count beside those of the origin.
    let home: Origin
}

extension TrustSettings {
    /// What counts for a connection. The home's authorities do wherever its requests lead; client
    /// certificates stay with their own registry.
    func material(for destination: Destination) throws(Fault) -> TrustMaterial {
        var material = TrustMaterial()
        material.verifies = verifies
        let isHome = destination.origin == destination.home
        if let directory {
            let found = try RegistryCertificates(directory)
            material.authorities += found.authorities
            if isHome { material.client = found.client }
        }
        if let own = try certificates(of: destination.origin) {
            material.authorities += own.authorities
            material.client = material.client ?? own.client
        }
        if !isHome, let homes = try certificates(of: destination.home) {
            material.authorities += homes.authorities
        }
        if !verifies { return material }
        material.authorities += authorities
        material.bundles = bundle.map { [$0] } ?? []
        material.directories = bundleDirectories
        // As in Go, only naming both leaves out the system's.
        if bundle == nil || bundleDirectories.isEmpty {
            let found = TrustMaterial.systemBundles.first { path in
                (try? FileSystem.statusIfPresent(path))?.kind == .file
            }
            if let found, found != bundle { material.bundles.append(found) }
        }
        return material
    }

    /// Whether certificates were named for an origin: then it speaks TLS, be it on loopback.
    func expectsTLS(of origin: Origin) -> Bool {
        !verifies || directory != nil || !authorities.isEmpty || registryDirectory(of: origin) != nil
    }

    /// The directory of a registry's certificates.
    func registryDirectory(of origin: Origin) -> String? {
        for directory in registryDirectories {
            for name in TrustSettings.names(of: origin) {
                let path = "\(directory)/\(name)"
                if (try? FileSystem.statusIfPresent(path))?.kind == .directory { return path }
            }
        }
        return nil
    }

    private func certificates(of origin: Origin) throws(Fault) -> RegistryCertificates? {
        guard let path = registryDirectory(of: origin) else { return nil }
        return try RegistryCertificates(path)
    }

    /// As references name the registry of an origin.
    private static func names(of origin: Origin) -> [String] {
        let host = origin.host.contains(":") ? "[\(origin.host)]" : origin.host
        var names = ["\(host):\(origin.port)"]
        if origin.port == 443 { names.append(host) }
        if origin.host == "registry-1.docker.io" { names.append("docker.io") }
        return names
    }
}

/// What a directory holds in Docker's form: `*.crt`, and `NAME.cert` with `NAME.key`.
struct RegistryCertificates: Hashable, Sendable {
    let authorities: [String]
    /// The first pair by name.
    let client: TrustMaterial.ClientCertificate?

    /// Reads the names in a directory.
    init(_ directory: String) throws(Fault) {
        let names: [String]
        do {
            names = try FileDescriptor.directory(directory).entries()
                .compactMap { String(validating: $0.name, as: UTF8.self) }.sorted()
        } catch {
            throw Fault(
                .certificate, "the directory of certificates \(directory) cannot be read (\(error.reason))")
        }
        authorities = names.filter { $0.hasSuffix(".crt") }.map { "\(directory)/\($0)" }
        var pairs: [TrustMaterial.ClientCertificate] = []
        for name in names where name.hasSuffix(".cert") || name.hasSuffix(".key") {
            let isKey = name.hasSuffix(".key")
            let stem = name.dropLast(isKey ? 4 : 5)
            let other = stem + (isKey ? ".cert" : ".key")
            guard names.contains(String(other)) else {
                throw Fault(
                    .certificate, "\(directory)/\(name) has no \(other) beside it",
                    remedy: "a client certificate is NAME.cert with NAME.key, an authority NAME.crt")
            }
            if !isKey {
                pairs.append(.init(certificate: "\(directory)/\(name)", key: "\(directory)/\(other)"))
            }
        }
        client = pairs.first
    }
}
