internal import ChalkOCI
internal import ChalkSystem

/// One file of credentials, as Docker's `config.json` and containers' `auth.json` have it.
struct CredentialFile: Sendable {
    /// Most bytes of such a file.
    static let limit = 4 << 20

    let path: String
    let json: JSON

    /// Reads a file; nil where there is none.
    init?(_ path: String) throws(Fault) {
        let bytes: [UInt8]
        do {
            guard try FileSystem.statusIfPresent(path) != nil else { return nil }
            bytes = try FileSystem.read(path, limit: CredentialFile.limit)
        } catch {
            throw Fault(.unauthorized, "the credentials in \(path) cannot be read (\(error.reason))")
        }
        self.path = path
        let isEmpty = bytes.allSatisfy { [0x20, 0x09, 0x0A, 0x0D].contains($0) }
        do {
            json = isEmpty ? .object([]) : try JSON.parse(bytes)
        } catch {
            throw Fault(
                .unauthorized, "the credentials in \(path) are \(error)", remedy: "repair or remove the file")
        }
        guard json.members != nil else {
            throw Fault(
                .unauthorized, "the credentials in \(path) are no JSON object",
                remedy: "repair or remove the file")
        }
    }

    /// The helper for a repository, and the member that names it.
    func helper(for name: RegistryName) -> (program: String, member: String)? {
        if let program = best(in: json["credHelpers"], for: name)?.value.string, !program.isEmpty {
            return (program, "credHelpers")
        }
        guard let program = json["credsStore"]?.string, !program.isEmpty else { return nil }
        return (program, "credsStore")
    }

    /// What `auths` has for a repository: the longest name counts.
    func entry(for name: RegistryName) -> JSON.Member? { best(in: json["auths"], for: name) }

    /// The names in `auths` of a registry as a whole.
    func keys(of registry: String) -> [String] {
        (json["auths"]?.members ?? []).map(\.name).filter { RegistryName(key: $0).isWhole(registry) }
    }

    private func best(in object: JSON?, for name: RegistryName) -> JSON.Member? {
        (object?.members ?? [])
            .compactMap { member in RegistryName(key: member.name).match(name).map { (member, $0) } }
            // Of several spellings the last counts, as of equal names.
            .reduce(nil as (JSON.Member, Int)?) { best, next in
                best.map { $0.1 > next.1 } ?? false ? best : next
            }?.0
    }
}

/// A registry or a part of it, as files of credentials name them in many ways: `https://index.docker.io/v1/`,
/// `quay.io`, `quay.io/team/app`.
struct RegistryName: Hashable, Sendable {
    /// As references name it.
    let registry: String
    /// Empty for the whole registry.
    let repository: String

    init(registry: String, repository: String) {
        self.registry = registry
        self.repository = repository
    }

    /// The meaning of a member's name.
    init(key: String) {
        var rest = key[...]
        var isURL = false
        for scheme in ["https://", "http://"] where rest.lowercased().hasPrefix(scheme) {
            rest = rest.dropFirst(scheme.count)
            isURL = true
        }
        while rest.hasSuffix("/") { rest = rest.dropLast() }
        let host = rest.prefix { $0 != "/" }
        var path = rest.dropFirst(host.count + 1)
        // Docker's old names are URLs whose path says nothing: `/v1/`.
        if isURL || path == "v1" || path == "v2" { path = "" }
        let hub = ["docker.io", "index.docker.io", "registry-1.docker.io"]
        registry = hub.contains(host.lowercased()) ? "docker.io" : host.lowercased()
        repository = String(path)
    }

    /// How well this name fits `other`, which is below it or the same: longer is better; nil for not at all.
    func match(_ other: RegistryName) -> Int? {
        guard registry == other.registry.lowercased() else { return nil }
        if repository.isEmpty { return 0 }
        let isAbove = other.repository == repository || other.repository.hasPrefix(repository + "/")
        return isAbove ? repository.utf8.count : nil
    }

    /// Whether it names a registry as a whole.
    func isWhole(_ registry: String) -> Bool { self.registry == registry.lowercased() && repository.isEmpty }

    /// What Docker and its helpers call it.
    var serverURL: String {
        if registry == "docker.io" { return "https://index.docker.io/v1/" }
        return repository.isEmpty ? registry : "\(registry)/\(repository)"
    }
}
