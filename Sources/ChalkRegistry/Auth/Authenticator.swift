internal import ChalkOCI
internal import ChalkSystem
private import Synchronization

/// Answers challenges and keeps the tokens (distribution: token authentication). May be used from many
/// threads.
final class Authenticator: Sendable {
    /// Whom a token is for and what it must allow.
    struct Key: Hashable, Sendable {
        /// As references name it.
        let registry: String
        let repository: String
        let scopes: [TokenScope]

        init(_ reference: Reference, _ scopes: [TokenScope]) {
            registry = reference.registry
            repository = reference.repository
            self.scopes = scopes
        }
    }

    private struct Grant {
        /// The value of the Authorization field.
        let authorization: String
        /// Uptime; nil for what does not expire.
        let expiry: Duration?
    }

    private struct Entry {
        let challenge: AuthChallenge
        let home: Origin
        var grant: Grant?
    }

    /// Of a token service that does not say (distribution: token specification).
    private static let defaultLifetime: Int64 = 60

    private let entries = Mutex<[Key: Entry]>([:])
    /// Held while a token is fetched, so that many threads ask once.
    private let fetching = Mutex(())
    private let http: HTTPClient
    private let credentials: any CredentialProvider
    private let clock: any RegistryClock
    private let timeout: Duration

    init(_ http: HTTPClient, _ options: RegistryOptions) {
        self.http = http
        credentials = options.credentials
        clock = options.clock
        timeout = options.timeouts.answer
    }

    /// The Authorization to send; nil where the registry has not asked for one yet.
    func authorization(for key: Key) throws -> String? {
        guard let entry = entries.withLock({ $0[key] }) else { return nil }
        return try entry.grant.flatMap(valid) ?? renew(entry, key, rejected: nil)
    }

    /// Takes in a 401; true when there is an Authorization that was not refused yet.
    ///
    /// - Parameters:
    ///   - rejected: the Authorization that the 401 answered, if any.
    ///   - home: where the registry is.
    func answer(
        _ challenges: [AuthChallenge], for key: Key, rejected: String?, home: Origin
    ) throws -> Bool {
        let challenge =
            challenges.first { $0.scheme == "bearer" } ?? challenges.first { $0.scheme == "basic" }
        guard let challenge else {
            let schemes = challenges.map(\.scheme).joined(separator: ", ")
            throw Fault(
                .unauthorized,
                schemes.isEmpty
                    ? "the registry answered 401 without saying what it wants"
                    : "the registry asks for a kind of authentication that is not known here "
                        + "(\(PlainText.clean(schemes)))")
        }
        let entry = Entry(challenge: challenge, home: home, grant: entries.withLock { $0[key]?.grant })
        return try renew(entry, key, rejected: rejected) != rejected
    }

    private func valid(_ grant: Grant) -> String? {
        if let expiry = grant.expiry, clock.uptime() >= expiry { return nil }
        return grant.authorization
    }

    private func renew(_ entry: Entry, _ key: Key, rejected: String?) throws -> String {
        try fetching.withLock { _ in
            // Another thread may have fetched it meanwhile.
            if let grant = entries.withLock({ $0[key]?.grant }), let current = valid(grant),
                current != rejected
            {
                return current
            }
            let isBearer = entry.challenge.scheme == "bearer"
            let grant = try isBearer ? token(entry, key) : password(key)
            var entry = entry
            entry.grant = grant
            entries.withLock { [entry] in $0[key] = entry }
            return grant.authorization
        }
    }

    private func password(_ key: Key) throws -> Grant {
        guard let credential = try credentials.credential(for: key.registry, repository: key.repository)
        else {
            throw Fault(
                .unauthorized, "\(key.registry) wants a user name and password, and none are known",
                remedy: "log in to it first: chalk-image login \(key.registry)")
        }
        return Grant(authorization: try basic(credential, key), expiry: nil)
    }

    private func basic(_ credential: Credential, _ key: Key) throws(Fault) -> String {
        let (username, password) =
            switch credential {
            case .basic(let username, let password): (username, password)
            case .identityToken(let username, let token): (username.isEmpty ? "<token>" : username, token)
            }
        if username.contains(":") {
            throw Fault(.unauthorized, "the user name for \(key.registry) holds a colon")
        }
        return "Basic " + Base64.encode(Array("\(username):\(password)".utf8))
    }

    private func token(_ entry: Entry, _ key: Key) throws -> Grant {
        guard let realm = entry.challenge.parameters["realm"], let base = HTTPURL(realm) else {
            throw Fault.violation("the registry names no token service")
        }
        guard base.origin.isSecure || base.origin.isLoopback || !entry.home.isSecure else {
            throw Fault.violation("the registry names a token service without TLS (\(base.origin))")
        }
        let request = TokenRequest(
            realm: base, service: entry.challenge.parameters["service"],
            scopes: TokenScope.merged(challenge: entry.challenge.parameters["scope"], wanted: key.scopes),
            home: entry.home, timeout: timeout)
        let sent = clock.uptime()
        let credential = try credentials.credential(for: key.registry, repository: key.repository)
        let (response, secret) = try ask(request, credential, key)
        guard response.status == 200 else {
            throw Fault.answered(
                response, by: "the token service \(base.origin.authority)", secret: secret, now: clock.now())
        }
        let json = try? JSON.parse(try response.body.prefix(limit: 1 << 20))
        guard let token = json?["token"]?.string ?? json?["access_token"]?.string, !token.isEmpty,
            token.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else { throw Fault.violation("the token service \(base.origin.authority) sent no token") }
        let lifetime = max(1, min(json?["expires_in"]?.integer ?? Authenticator.defaultLifetime, 86_400))
        // Renewed a little early, as the token has to last until its request has arrived.
        let used = Duration.seconds(lifetime) - min(.seconds(10), .seconds(lifetime) / 4)
        return Grant(authorization: "Bearer \(token)", expiry: sent + used)
    }

    /// Asks a token service in the form that the credential is for; says too what must not be repeated.
    private func ask(
        _ request: TokenRequest, _ credential: Credential?, _ key: Key
    ) throws -> (HTTPResponse, secret: String?) {
        if case .identityToken(_, let token) = credential {
            let response = try http.send(request.refresh(token))
            // Services that know only GET take the token as a password.
            guard response.status == 404 || response.status == 405 else {
                return (response, "Bearer \(token)")
            }
            response.body.discard()
        }
        let authorization = try credential.map { try basic($0, key) }
        return (try http.send(request.get(authorization)), authorization)
    }
}
