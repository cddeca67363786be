internal import ChalkSystem

/// Sends requests over kept connections and follows redirects. Blocks; may be used from many threads.
final class HTTPClient: Sendable {
    /// Opens connections.
    let connector: Connector
    /// From how many bytes on a body is sent only where it is wanted.
    private static let largeBody: Int64 = 1 << 20

    private let userAgent: String
    private let observer: (@Sendable (Exchange) -> Void)?
    private let cancellation: Cancellation
    private let pool: ConnectionPool
    private let meter: TrafficMeter
    private let redirects = RedirectPolicy()
    private let leave: Duration

    init(_ options: RegistryOptions, _ cancellation: Cancellation) {
        connector = Connector(options, cancellation)
        userAgent = options.userAgent
        observer = options.observer
        meter = options.meter
        leave = options.timeouts.leave
        pool = ConnectionPool(keepAlive: options.timeouts.keepAlive)
        self.cancellation = cancellation
    }

    /// Sends a request, following redirects; credentials stay with the first origin.
    ///
    /// - Throws: ``Fault``, ``Cancellation/Cancelled``, or what the body's source throws.
    func send(_ request: HTTPRequest) throws -> HTTPResponse {
        var request = request
        let home = request.home ?? request.url.origin
        var followed = 0
        while true {
            let response = try sendOnce(request, to: Destination(origin: request.url.origin, home: home))
            let step = try redirects.step(
                after: response.head, to: request.method, at: request.url, followed: followed)
            guard let step else { return response }
            response.body.discard()
            if request.staysWithOrigin, step.url.origin != request.url.origin {
                throw Fault.violation("it redirects a credential to somebody else (\(step.url.origin))")
            }
            request.url = step.url
            if !step.keepsCredentials {
                request.headers["Authorization"] = nil
                request.headers["Cookie"] = nil
            }
            followed += 1
        }
    }

    /// Whether somebody agrees on TLS; the connection is kept. A certificate that is not good is an error.
    func speaksTLS(_ destination: Destination) throws -> Bool {
        do {
            pool.put(try connector.open(destination))
            return true
        } catch let fault as Fault where fault.speaksNoTLS {
            return false
        }
    }

    private func sendOnce(_ request: HTTPRequest, to destination: Destination) throws -> HTTPResponse {
        let proxy = try connector.route(to: destination.origin).proxy
        // A registry that wants proof, or the body elsewhere, says so before it has come.
        var asksLeave = (request.body?.length ?? 0) >= HTTPClient.largeBody
        while true {
            let head = try serialized(request, proxy, asksLeave: asksLeave)
            let kept = pool.take(destination)
            let connection = try kept ?? connector.open(destination)
            do {
                let answer = try send(
                    request, head: head, leave: asksLeave ? leave : nil, on: connection, proxy)
                if answer.status == 417, asksLeave {
                    answer.body.discard()
                    asksLeave = false
                    continue
                }
                return answer
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
        _ request: HTTPRequest, head: [UInt8], leave: Duration?, on connection: Connection, _ proxy: Proxy?
    ) throws -> HTTPResponse {
        meter.addRequest()
        let (answer, isSent) = try cancellation.guarding(connection, grace: request.grace) {
            try connection.exchange(
                head, body: request.body, leave: leave, answerTimeout: request.answerTimeout)
        }
        observer?(Exchange(request, answer, proxy: proxy))
        if answer.status == 407, let proxy { throw proxy.refusal(answer, request.url.origin.authority) }
        let framing = try answer.framing(for: request.method)
        let isReusable = isSent && answer.keepsConnection
        let pool = pool
        let body = ResponseBody(connection, framing: framing, cancellation: cancellation) {
            if isReusable { pool.put($0) }
        }
        connector.noteAnswer(of: request.url.origin)
        return HTTPResponse(head: answer, body: body, url: request.url)
    }

    private func serialized(
        _ request: HTTPRequest, _ proxy: Proxy?, asksLeave: Bool
    ) throws(Fault) -> [UInt8] {
        var headers = HTTPHeaders([
            ("Host", request.url.origin.authority), ("User-Agent", userAgent),
            ("Accept-Encoding", "identity"),
        ])
        for field in request.headers.fields { headers.add(field.name, field.value) }
        if let body = request.body {
            headers["Content-Length"] = String(body.length)
            if asksLeave { headers["Expect"] = "100-continue" }
        } else if !["GET", "HEAD", "DELETE"].contains(request.method) {
            headers["Content-Length"] = "0"
        }
        var target = request.url.target
        if let proxy, !request.url.origin.isSecure {
            // To a proxy, the whole URL (RFC 9112 section 3.2.2); through a tunnel it sees nothing of it.
            target = request.url.origin.description + target
            headers["Proxy-Authorization"] = proxy.authorization
        }
        return try HTTPRequestHead(method: request.method, target: target, headers: headers).serialized()
    }
}
