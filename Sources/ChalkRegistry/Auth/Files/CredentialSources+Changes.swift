internal import ChalkOCI

/// Where a credential was put, or taken from.
package struct CredentialPlace: Hashable, Sendable {
    /// The file.
    package let file: String
    /// The helper that the file names for the registry: `docker-credential-pass`.
    package let helper: String?
}

extension CredentialSources {
    /// Keeps a credential in the first file, or in the helper that it names. Nothing else in the file
    /// changes.
    ///
    /// - Throws: ``RegistryError``.
    package func keep(_ account: Account, for registry: String) throws -> CredentialPlace {
        let name = RegistryName(registry: registry, repository: "")
        return try naming("keep the credentials for \(registry)") { path in
            var place = CredentialPlace(file: path, helper: nil)
            try CredentialFile.change(path) { json in
                let helper = try helper(for: name, in: path)
                if let helper {
                    try helper.store(name.serverURL, username: account.username, secret: account.password)
                    place = CredentialPlace(file: path, helper: helper.program)
                }
                let entry =
                    helper == nil
                    ? CredentialEntry.made(username: account.username, password: account.password)
                    : .object([])
                let auths = (json["auths"] ?? .object([])).replacing(
                    name.serverURL, where: { RegistryName(key: $0).isWhole(name.registry) }, with: entry)
                return .write(json.replacing("auths", with: auths))
            }
            return place
        }
    }

    /// Takes the credential of a registry out of the first file and the helper that it names; nil where
    /// neither had one.
    ///
    /// - Throws: ``RegistryError``.
    package func forget(_ registry: String) throws -> CredentialPlace? {
        let name = RegistryName(registry: registry, repository: "")
        return try naming("forget the credentials for \(registry)") { path in
            guard let file = try CredentialFile(path) else { return nil }
            let helper = try helper(for: name, in: path)
            let wasKept = try helper?.erase(name.serverURL) ?? false
            let hasEntry = !file.keys(of: name.registry).isEmpty
            if hasEntry {
                try CredentialFile.change(path) { json in
                    let auths = (json["auths"] ?? .object([])).replacing(
                        "", where: { RegistryName(key: $0).isWhole(name.registry) }, with: nil)
                    return .write(json.replacing("auths", with: auths))
                }
            }
            return wasKept || hasEntry ? CredentialPlace(file: path, helper: helper?.program) : nil
        }
    }

    private func helper(for name: RegistryName, in path: String) throws -> CredentialHelper? {
        guard let program = try CredentialFile(path)?.helper(for: name)?.program else { return nil }
        return try CredentialHelper(named: program, environment: helperEnvironment)
    }

    private func naming<T>(_ operation: String, _ body: (String) throws -> T) throws -> T {
        do {
            guard let path = files.first else {
                throw Fault(
                    .invalidRequest, "there is no file for credentials",
                    remedy: "set HOME or DOCKER_CONFIG, or name one with --authfile")
            }
            return try body(path)
        } catch let fault as Fault {
            throw fault.whole(operation)
        }
    }
}
