internal import ChalkSystem
private import Synchronization

/// Opens connections: directly or through a proxy, in the clear or through TLS. May be used from many
/// threads.
final class Connector: Sendable {
    private let timeouts: RegistryOptions.Timeouts
    private let trust: TrustSettings
    private let proxies: ProxySettings
    private let rules: RegistryRules
    private let cancellation: Cancellation
    private let meter: TrafficMeter
    private let contexts = Mutex<[TrustMaterial: TLSContext]>([:])
    private let known = Mutex<Set<Origin>>([])

    init(_ options: RegistryOptions, _ cancellation: Cancellation) {
        timeouts = options.timeouts
        trust = options.trust
        proxies = options.proxies
        rules = options.rules
        meter = options.meter
        self.cancellation = cancellation
    }

    /// How an origin is reached.
    func route(to origin: Origin) throws(Fault) -> ProxyRoute { try proxies.route(to: origin) }

    /// Notes that somebody has answered: when they cannot be reached later, that may pass.
    func noteAnswer(of origin: Origin) { _ = known.withLock { $0.insert(origin) } }

    /// The files that count for a connection.
    func material(for destination: Destination) throws(Fault) -> TrustMaterial {
        var trust = trust
        if rules.isInsecure(destination.home) || rules.isInsecure(destination.origin) {
            trust.verifies = false
        }
        return try trust.material(for: destination)
    }

    /// A new connection.
    ///
    /// - Throws: ``Fault`` or ``Cancellation/Cancelled``.
    func open(_ destination: Destination) throws -> Connection {
        let origin = destination.origin
        // What is wrong with certificates or proxies is said before anybody is called.
        let context = origin.isSecure ? try context(for: destination) : nil
        var channel: any Channel
        if let proxy = try route(to: origin).proxy {
            let own = Destination(origin: proxy.origin, home: proxy.origin)
            let proxyContext = proxy.origin.isSecure ? try self.context(for: own) : nil
            channel = try connect(to: proxy.origin, as: "the proxy ")
            if let proxyContext { channel = try secure(channel, proxy.origin, proxyContext) }
            if origin.isSecure { try tunnel(through: proxy, channel, to: origin) }
        } else {
            channel = try connect(to: origin)
        }
        if let context { channel = try secure(channel, origin, context) }
        return Connection(channel, destination: destination, idleTimeout: timeouts.idle, meter: meter)
    }

    private func connect(to origin: Origin, as role: String = "") throws -> any Channel {
        do {
            return PlainChannel(
                try Socket.connect(
                    to: origin.host, port: origin.port, timeout: timeouts.connect, cancellation: cancellation)
            )
        } catch let error as Cancellation.Cancelled {
            throw error
        } catch {
            // A host that never answered is probably mistyped: say so at once. One that did may come back.
            var fault = Fault.unreachable(error, origin, as: role, timeout: timeouts.connect)
            if known.withLock({ $0.contains(origin) }) { fault.isTransient = true }
            throw fault
        }
    }

    private func secure(_ channel: any Channel, _ origin: Origin, _ context: TLSContext) throws -> TLSChannel
    {
        do {
            return try cancellation.withHandler({ channel.shutdown() }) {
                try TLSChannel(channel, host: origin.host, context: context, timeout: timeouts.connect)
            }
        } catch {
            try cancellation.check()
            if let error = error as? SystemError {
                throw Fault.broken(error, timeout: timeouts.connect)
            }
            throw error
        }
    }

    /// Asks a proxy for a connection to somebody else (RFC 9110 section 9.3.6).
    private func tunnel(through proxy: Proxy, _ channel: any Channel, to origin: Origin) throws {
        let host = origin.host.contains(":") ? "[\(origin.host)]" : origin.host
        let target = "\(host):\(origin.port)"
        var headers = HTTPHeaders([("Host", target)])
        headers["Proxy-Authorization"] = proxy.authorization
        let head = try HTTPRequestHead(method: "CONNECT", target: target, headers: headers).serialized()
        let own = Destination(origin: proxy.origin, home: proxy.origin)
        let connection = Connection(channel, destination: own, idleTimeout: timeouts.idle, meter: meter)
        let (answer, _) = try cancellation.guarding(connection) {
            try connection.exchange(head, body: nil, answerTimeout: timeouts.connect)
        }
        guard (200..<300).contains(answer.status) else { throw proxy.refusal(answer, target) }
        noteAnswer(of: proxy.origin)
        guard connection.isQuiet() else {
            throw Fault.violation("the proxy \(proxy) sent more than its answer to CONNECT")
        }
    }

    private func context(for destination: Destination) throws(Fault) -> TLSContext {
        let material = try material(for: destination)
        if let context = contexts.withLock({ $0[material] }) { return context }
        let made = try TLSContext(material)
        contexts.withLock { $0[material] = made }
        return made
    }
}

extension Proxy {
    /// The failure that its own refusal is.
    func refusal(_ answer: HTTPResponseHead, _ target: String) -> Fault {
        let words = answer.reason.isEmpty ? "" : " (\(answer.reason))"
        if answer.status == 407 {
            let known =
                authorization == nil
                ? "wants a user name and password" : "does not take the password in its URL"
            return Fault(
                .unauthorized, "the proxy \(self) \(known)",
                remedy: "write them into the variable: http://USER:PASSWORD@HOST:PORT")
        }
        return Fault(
            [502, 503, 504].contains(answer.status) ? .network : .refused,
            "the proxy \(self) does not connect to \(target): it answered \(answer.status)\(words)",
            isTransient: [502, 503, 504].contains(answer.status))
    }
}
