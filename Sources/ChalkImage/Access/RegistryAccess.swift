public import ChalkOCI
public import ChalkRegistry
package import ChalkSystem

/// Logging in to registries, and finding out why one does not let in.
public struct RegistryAccess: Sendable {
    private let options: TransferOptions

    /// Access as some options say: where credentials are kept, and how registries are reached.
    public init(_ options: TransferOptions) { self.options = options }

    /// Asks a registry whether it takes an account and keeps it then, where ``CredentialSources`` says.
    ///
    /// - Parameter registry: as references name it; `docker.io` for Docker Hub.
    /// - Throws: ``ChalkError``; `authentication` for a wrong password. Nothing is kept then.
    public func logIn(to registry: String, as account: CredentialSources.Account) async throws {
        _ = try await ChalkError.offload { cancellation in
            try performLogIn(to: registry, as: account, cancellation: cancellation)
        }
    }

    /// Takes an account away from where ``logIn(to:as:)`` keeps it.
    ///
    /// - Throws: ``ChalkError``; `notFound` where there is none.
    public func logOut(of registry: String) async throws {
        _ = try await ChalkError.offload { _ in try performLogOut(of: registry) }
    }

    /// Asks a registry and its mirrors for an image, or whether it may be pushed, and says what came of every
    /// step.
    public func explain(_ reference: Reference, asPush isPush: Bool = false) async throws -> AccessExplanation
    {
        try await ChalkError.offload { cancellation in
            try performExplain(reference, isPush: isPush, cancellation: cancellation)
        }
    }

    /// What a log-in came to.
    package struct LogIn: Sendable {
        /// Where the account is kept now.
        package let place: CredentialPlace
        /// Whether the registry wanted to know at all.
        package let wasAsked: Bool
    }

    /// The same as ``logIn(to:as:)`` on the caller's thread.
    package func performLogIn(
        to registry: String, as account: CredentialSources.Account, cancellation: Cancellation
    ) throws -> LogIn {
        try ChalkError.wrap {
            let registry = try RegistryAccess.registry(registry)
            var options = options
            options.credentials.accounts = [registry: account]
            let client = RegistryClient(options: options.registryOptions, cancellation: cancellation)
            let wasAsked = try client.checkAccount(at: registry)
            return LogIn(
                place: try self.options.credentials.keep(account, for: registry), wasAsked: wasAsked)
        }
    }

    /// The same as ``logOut(of:)`` on the caller's thread.
    package func performLogOut(of registry: String) throws -> CredentialPlace {
        try ChalkError.wrap {
            let registry = try RegistryAccess.registry(registry)
            guard let place = try options.credentials.forget(registry) else {
                let file = options.credentials.files.first ?? "any file"
                throw ChalkError(.notFound, "there are no credentials for \(registry) in \(file)")
            }
            return place
        }
    }

    /// The same as ``explain(_:asPush:)`` on the caller's thread.
    package func performExplain(
        _ reference: Reference, isPush: Bool, cancellation: Cancellation
    ) throws -> AccessExplanation {
        try ChalkError.wrap {
            AccessExplanation(
                report: try AccessReport(
                    on: reference, isPush: isPush, options: options.registryOptions,
                    credentials: StoredCredentials(options.credentials), cancellation: cancellation))
        }
    }

    /// The registry that a word names: `docker.io` also by its other names and as a URL.
    private static func registry(_ text: String) throws -> String {
        var name = text
        for scheme in ["https://", "http://"] where name.hasPrefix(scheme) {
            name = String(name.dropFirst(scheme.count))
        }
        name = String(name.prefix { $0 != "/" })
        if ["index.docker.io", "registry-1.docker.io"].contains(name) { name = "docker.io" }
        // A reference below it says whether the host is one.
        let isHost = name.contains(".") || name.contains(":") || name == "localhost"
        guard isHost, let reference = try? Reference("\(name)/a"), reference.registry == name else {
            throw ChalkError(
                .invalidInput,
                "\"\(name)\" is not a registry; write its host, such as registry.example:5000 or docker.io")
        }
        return name
    }
}
