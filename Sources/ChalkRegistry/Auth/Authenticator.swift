internal import ChalkOCI
internal import ChalkSystem
private import Synchronization

/// Answers challenges and keeps the tokens (distribution: token authentication). May be used from many threads.
final class Authenticator: Sendable {
    /// Whom a token is for and what it must allow.
    struct Key: Hashable, Sendable {
        /// As references name it.
        let registry: String
        let scopes: [TokenScope]
    }

    private struct Grant {
        /// The value of the Authorization field.
        let authorization: String
        /// Uptime; nil for what does not expire.
        let expiry: Duration?
    }

    private struct Entry {
        let challenge: AuthChallenge
        let isPlain: Bool
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
    ///   - isPlain: whether the registry is spoken to without TLS.
    func answer(
        _ challenges: [AuthChallenge], for key: Key, rejected: String?, isPlain: Bool
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
        let entry = Entry(challenge: challenge, isPlain: isPlain, grant: entries.withLock { $0[key]?.grant })
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
            let grant = try isBearer ? token(entry, key) : password(key.registry)
            var entry = entry
            entry.grant = grant
            entries.withLock { [entry] in $0[key] = entry }
            return grant.authorization
        }
    }

    private func password(_ registry: String) throws -> Grant {
        guard let authorization = try basic(for: registry) else {
            throw Fault(
                .unauthorized, "\(registry) wants a user name and password, and none are known",
                remedy: "log in to it first")
        }
        return Grant(authorization: authorization, expiry: nil)
    }

    private func basic(for registry: String) throws -> String? {
        guard let credential = try credentials.credential(for: registry) else { return nil }
        switch credential {
        case .basic(let username, let password):
            if username.contains(":") {
                throw Fault(.unauthorized, "the user name for \(registry) holds a colon")
            }
            return "Basic " + Base64.encode(Array("\(username):\(password)".utf8))
        }
    }

    private func token(_ entry: Entry, _ key: Key) throws -> Grant {
        guard let realm = entry.challenge.parameters["realm"], let base = HTTPURL(realm) else {
            throw Fault.violation("the registry names no token service")
        }
        guard base.origin.isSecure || base.origin.isLoopback || entry.isPlain else {
            throw Fault.violation("the registry names a token service without TLS (\(base.origin))")
        }
        var query: [(name: String, value: String)] = []
        if let service = entry.challenge.parameters["service"] { query.append(("service", service)) }
        let scopes = TokenScope.merged(challenge: entry.challenge.parameters["scope"], wanted: key.scopes)
        for scope in scopes { query.append(("scope", scope.description)) }
        var headers = HTTPHeaders([("Accept", "application/json")])
        headers["Authorization"] = try basic(for: key.registry)
        let sent = clock.uptime()
        let response = try http.send(
            HTTPRequest(
                method: "GET", url: base.adding(query: query), headers: headers, answerTimeout: timeout))
        guard response.status == 200 else {
            throw Fault.answered(
                response, by: "the token service \(base.origin.authority)",
                secret: headers["Authorization"], now: clock.now())
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
}
