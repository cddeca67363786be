internal import ChalkSystem
private import Synchronization

/// Sends requests over kept connections and follows redirects. Blocks; may be used from many threads.
final class HTTPClient: Sendable {
    private let timeouts: RegistryOptions.Timeouts
    private let userAgent: String
    private let cancellation: Cancellation
    private let pool: ConnectionPool
    private let meter: TrafficMeter
    private let authorities: (bundle: String?, extra: [String])
    private let tls = Mutex<TLSContext?>(nil)
    private let known = Mutex<Set<Origin>>([])
    private let redirects = RedirectPolicy()

    init(_ options: RegistryOptions, _ cancellation: Cancellation) {
        timeouts = options.timeouts
        userAgent = options.userAgent
        meter = options.meter
        authorities = (options.caBundle, options.extraAuthorities)
        pool = ConnectionPool(keepAlive: options.timeouts.keepAlive)
        self.cancellation = cancellation
    }

    /// Sends a request, following redirects; credentials stay with the first origin.
    ///
    /// - Throws: ``Fault``, ``Cancellation/Cancelled``, or what the body's source throws.
    func send(_ request: HTTPRequest) throws -> HTTPResponse {
        var request = request
        var followed = 0
        while true {
            let response = try sendOnce(request)
            let step = try redirects.step(
                after: response.head, to: request.method, at: request.url, followed: followed)
            guard let step else { return response }
            response.body.discard()
            request.url = step.url
            if !step.keepsCredentials {
                request.headers["Authorization"] = nil
                request.headers["Cookie"] = nil
            }
            followed += 1
        }
    }

    private func sendOnce(_ request: HTTPRequest) throws -> HTTPResponse {
        let head = try serialized(request)
        while true {
            let kept = pool.take(request.url.origin)
            let connection = try kept ?? open(request.url.origin)
            do {
                return try send(request, head: head, on: connection)
            } catch let fault as Fault {
                // The other side may have closed a kept connection just as the request went out. One with a
                // body may have been taken none the less; its sender finds out before it sends that again.
                let isCheap = request.method != "PUT" && request.method != "PATCH"
                if kept != nil, !connection.isAnswering, fault.code == .network, isCheap { continue }
                throw fault
            }
        }
    }

    private func send(
        _ request: HTTPRequest, head: [UInt8], on connection: Connection
    ) throws -> HTTPResponse {
        meter.addRequest()
        let (answer, isSent) = try cancellation.guarding(connection, grace: request.grace) {
            try connection.exchange(head, body: request.body, answerTimeout: request.answerTimeout)
        }
        let framing = try answer.framing(for: request.method)
        let isReusable = isSent && answer.keepsConnection
        let pool = pool
        let body = ResponseBody(connection, framing: framing, cancellation: cancellation) {
            if isReusable { pool.put($0) }
        }
        _ = known.withLock { $0.insert(request.url.origin) }
        return HTTPResponse(head: answer, body: body, url: request.url)
    }

    private func serialized(_ request: HTTPRequest) throws(Fault) -> [UInt8] {
        var headers = HTTPHeaders([
            ("Host", request.url.origin.authority), ("User-Agent", userAgent),
            ("Accept-Encoding", "identity"),
        ])
        for field in request.headers.fields { headers.add(field.name, field.value) }
        if let body = request.body {
            headers["Content-Length"] = String(body.length)
        } else if !["GET", "HEAD", "DELETE"].contains(request.method) {
            headers["Content-Length"] = "0"
        }
        return try HTTPRequestHead(method: request.method, target: request.url.target, headers: headers)
            .serialized()
    }

    private func open(_ origin: Origin) throws -> Connection {
        let context = origin.isSecure ? try tlsContext() : nil
        let socket: Socket
        do {
            socket = try Socket.connect(
                to: origin.host, port: origin.port, timeout: timeouts.connect, cancellation: cancellation)
        } catch let error as Cancellation.Cancelled {
            throw error
        } catch {
            // A host that never answered is probably mistyped: say so at once. One that did may come back.
            var fault = Fault.unreachable(error, origin, timeout: timeouts.connect)
            if known.withLock({ $0.contains(origin) }) { fault.isTransient = true }
            throw fault
        }
        var channel: any Channel = PlainChannel(socket)
        if let context {
            do {
                channel = try cancellation.withHandler({ socket.shutdown() }) {
                    try TLSChannel(socket, host: origin.host, context: context, timeout: timeouts.connect)
                }
            } catch {
                try cancellation.check()
                if let error = error as? SystemError {
                    throw Fault.broken(error, timeout: timeouts.connect)
                }
                throw error
            }
        }
        return Connection(channel, origin: origin, idleTimeout: timeouts.idle, meter: meter)
    }

    private func tlsContext() throws(Fault) -> TLSContext {
        do {
            return try tls.withLock { context in
                if let context { return context }
                let made = try TLSContext(bundle: authorities.bundle, extra: authorities.extra)
                context = made
                return made
            }
        } catch let fault as Fault {
            throw fault
        } catch {
            throw Fault(.certificate, "TLS cannot be set up")
        }
    }
}
