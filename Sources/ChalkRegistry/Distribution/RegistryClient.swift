internal import ChalkOCI
package import ChalkSystem

/// A client of the distribution API (OCI distribution-spec 1.1) for any number of registries.
///
/// Every call blocks its thread until it is done. One client may be used from many threads; connections and
/// tokens are shared between them. Memory does not depend on the size of blobs.
///
/// Calls throw ``RegistryError``, ``Cancellation/Cancelled``, and what sinks and sources throw.
package final class RegistryClient: Sendable {
    let options: RegistryOptions
    let cancellation: Cancellation
    private let http: HTTPClient
    private let authenticator: Authenticator
    private let origins: RegistryOrigins
    /// Mirrors that failed.
    let mirrors = MirrorBoard()

    /// A client; connects to nobody yet.
    ///
    /// - Parameter cancellation: ends every wait, with ``Cancellation/Cancelled``.
    package init(
        options: RegistryOptions = RegistryOptions(), cancellation: Cancellation = Cancellation()
    ) {
        self.options = options
        self.cancellation = cancellation
        http = HTTPClient(options, cancellation)
        authenticator = Authenticator(http, options)
        origins = RegistryOrigins(options, http)
    }

    /// Most bytes of a manifest or index.
    package static let manifestLimit = 4 << 20

    /// Where a registry is spoken to.
    func origin(of registry: String) throws -> Origin { try origins.origin(of: registry) }

    /// How a connection of it is made.
    var connector: Connector { http.connector }

    /// A URL of the API: `/v2/<repository>/<path>`.
    func url(_ reference: Reference, _ path: String) throws -> HTTPURL {
        HTTPURL(
            origin: try origin(of: reference.registry), target: "/v2/\(reference.repository)/\(path)")
    }

    /// Sends a request to a registry with whatever it asks for as proof, once more after a 401.
    func perform(
        _ method: String, _ url: HTTPURL, for reference: Reference, scopes: [TokenScope],
        headers: HTTPHeaders = HTTPHeaders(), body: RequestBody? = nil, answerTimeout: Duration? = nil,
        grace: Duration? = nil
    ) throws -> HTTPResponse {
        if let fault = options.rules.blockage(of: reference) { throw fault }
        let home = try origin(of: reference.registry)
        let key = Authenticator.Key(reference, scopes)
        var request = HTTPRequest(
            method: method, url: url, headers: headers, body: body,
            answerTimeout: answerTimeout ?? options.timeouts.answer, grace: grace, home: home)
        var isLast = false
        while true {
            // An upload session may live elsewhere; what proves who we are does not go there.
            let authorization = url.origin == home ? try authenticator.authorization(for: key) : nil
            request.headers["Authorization"] = authorization
            let response = try http.send(request)
            guard response.status == 401, response.url.origin == home, !isLast else { return response }
            let challenges = AuthChallenge.parse(response.head.headers.all("WWW-Authenticate"))
            if challenges.isEmpty { return response }
            let isNew = try authenticator.answer(
                challenges, for: key, rejected: authorization, home: home)
            if !isNew { return response }
            response.body.discard()
            isLast = true
        }
    }

    /// Whether requests of this kind are sent with a proof.
    func isAuthorized(_ reference: Reference, scopes: [TokenScope]) throws -> Bool {
        try authenticator.authorization(for: Authenticator.Key(reference, scopes)) != nil
    }

    /// The failure that an answer tells of.
    func fault(_ response: HTTPResponse, for reference: Reference, scopes: [TokenScope]) -> Fault {
        let home = try? origin(of: reference.registry)
        let isHome = response.url.origin == home
        let key = Authenticator.Key(reference, scopes)
        return Fault.answered(
            response, by: isHome ? "the registry" : response.url.origin.authority,
            secret: try? authenticator.authorization(for: key), now: options.clock.now())
    }

    /// Retries for one piece of work.
    func retryBudget() -> RetryBudget { RetryBudget(options, cancellation) }

    /// What went over the wire so far.
    package var traffic: TrafficMeter.Counts { options.meter.counts }

    /// Waits on the calling thread; ``Cancellation/Cancelled`` when cancelled meanwhile.
    package func wait(_ duration: Duration) throws { try options.clock.sleep(duration, cancellation) }

    /// Runs `body` again after failures that may pass.
    func retrying<T>(_ body: () throws -> T) throws -> T {
        var budget = retryBudget()
        while true {
            do {
                return try body()
            } catch let fault as Fault {
                try budget.wait(after: fault)
            }
        }
    }

    /// Gives failures of `body` their whole sentence; `operation` follows "cannot ".
    func naming<T>(_ operation: String, _ body: () throws -> T) throws -> T {
        do {
            return try body()
        } catch let fault as Fault {
            throw fault.whole(operation)
        }
    }
}
