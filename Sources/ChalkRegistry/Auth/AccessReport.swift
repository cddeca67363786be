package import ChalkOCI
package import ChalkSystem
private import Synchronization

/// How a registry is reached and as whom, found out by asking it; nothing in it is a secret.
package struct AccessReport: Sendable {
    /// What is asked about.
    package let reference: Reference
    /// Whether as one who wants to push.
    package let isPush: Bool
    /// The file of rules, where there is one.
    package let rulesFile: String?
    /// The prefix of the rule that counts.
    package let rule: String?
    /// Why nobody is asked.
    package let blockage: String?
    /// Who is asked, in order; the registry itself is the last.
    package let places: [Place]

    /// One registry that is asked.
    package struct Place: Sendable {
        /// As it is asked.
        package let reference: Reference
        package let isMirror: Bool
        /// `https://registry.example`; nil where that could not be found out.
        package let origin: String?
        /// Whether TLS is spoken, and whether certificates are checked then.
        package let isSecure: Bool
        package let verifies: Bool
        /// The proxy, without what it is asked with.
        package let proxy: String?
        /// Why there is none, where the environment names one.
        package let noProxyBecause: String?
        /// PEM files of authorities that count, and directories of them.
        package let authorities: [String]
        /// The client certificate that is shown when asked for.
        package let clientCertificate: String?
        /// Where a credential was looked for.
        package let credentials: [CredentialSearch.Step]
        /// Requests and answers, in order.
        package let exchanges: [Exchange]
        /// Why it did not let us in; nil when it did.
        package let failure: RegistryError?
    }

    /// Why the whole does not work: what the registry itself says, unless a mirror did.
    package var failure: RegistryError? {
        if let blockage {
            return RegistryError(.refused, "cannot \(isPush ? "push to" : "pull") \(reference): \(blockage)")
        }
        return places.contains { $0.failure == nil } ? nil : places.last?.failure
    }
}

extension AccessReport {
    /// Asks every place that a reference leads to, each once.
    ///
    /// - Parameter credentials: of the places; their helpers are asked once for each.
    /// - Throws: `Cancellation.Cancelled`.
    package init(
        on reference: Reference, isPush: Bool, options: RegistryOptions, credentials: StoredCredentials,
        cancellation: Cancellation
    ) throws {
        let reference = reference.withDefaultTag
        let rules = options.rules
        self.reference = reference
        self.isPush = isPush
        rulesFile = rules.file
        rule = rules.rule(for: reference)?.prefix
        blockage = rules.blockage(of: reference)?.reason
        let all = isPush ? [PullPlace(reference: reference, isMirror: false)] : rules.places(for: reference)
        places =
            blockage != nil
            ? []
            : try all.map { place in
                try Place(place, isPush: isPush, options, credentials, cancellation)
            }
    }
}

extension AccessReport.Place {
    fileprivate init(
        _ place: PullPlace, isPush: Bool, _ options: RegistryOptions, _ credentials: StoredCredentials,
        _ cancellation: Cancellation
    ) throws {
        let reference = place.reference
        let search = credentials.search(reference.registry, reference.repository)
        var options = options
        options.retry = .linear(attempts: 0)
        options.credentials = FoundCredential(search: search)
        let heard = ExchangeLog()
        options.observer = { heard.add($0) }
        let client = RegistryClient(options: options, cancellation: cancellation)
        var failure: RegistryError?
        do {
            try client.naming("\(isPush ? "push to" : "pull") \(reference)") {
                if isPush { try client.checkPush(to: reference) } else { _ = try client.look(at: place) }
            }
        } catch let error as RegistryError {
            failure = error
        }
        let origin = try? client.origin(of: reference.registry)
        let destination = origin.map { Destination(origin: $0, home: $0) }
        let material = destination.flatMap { try? client.connector.material(for: $0) }
        let route = origin.flatMap { try? client.connector.route(to: $0) }
        self.reference = reference
        self.isMirror = place.isMirror
        self.origin = origin?.description
        isSecure = origin?.isSecure ?? true
        verifies = material?.verifies ?? true
        proxy = route?.proxy?.description
        if case .direct(let reason) = route { noProxyBecause = reason } else { noProxyBecause = nil }
        authorities = isSecure ? material?.places ?? [] : []
        clientCertificate = isSecure ? material?.client?.certificate : nil
        self.credentials = search.steps
        exchanges = heard.all
        self.failure = failure
    }
}

/// What was heard on any thread.
private final class ExchangeLog: Sendable {
    private let list = Mutex<[Exchange]>([])

    func add(_ exchange: Exchange) { list.withLock { $0.append(exchange) } }

    var all: [Exchange] { list.withLock { $0 } }
}

/// The end of a search, without searching again.
private struct FoundCredential: CredentialProvider {
    let search: CredentialSearch

    func credential(for registry: String, repository: String) throws -> Credential? { try search.get() }
}
