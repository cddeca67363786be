import ChalkSystem
import ChalkTestSupport
import Glibc
import Synchronization

@testable import ChalkRegistry

/// A request as a test's server saw it.
struct SeenRequest: Sendable, CustomStringConvertible {
    let method: String
    let target: String
    let headers: HTTPHeaders

    var path: String { String(target.prefix { $0 != "?" }) }
    var description: String { "\(method) \(target)" }
}

/// The server's end of a connection.
final class ServerConnection {
    struct Ended: Error {}

    private let socket: Socket
    private var buffer = [UInt8](repeating: 0, count: 65_536)
    private var start = 0
    private var end = 0
    private var bodyLeft: Int64 = 0
    private(set) var isClosed = false
    /// Whether the client waits for leave to send the body, and nobody has given it.
    var owesLeave = false

    init(_ socket: Socket) { self.socket = socket }

    private func fill() throws {
        end = try socket.read(into: &buffer, offset: 0, count: buffer.count, timeout: .seconds(30))
        start = 0
        if end == 0 { throw Ended() }
    }

    func request() throws -> SeenRequest {
        var collector = HeadCollector()
        while !collector.isComplete {
            if start == end { try fill() }
            start += try collector.take(buffer[start..<end])
        }
        let text = String(decoding: collector.bytes, as: UTF8.self)
        let lines = text.split(separator: "\r\n").map(String.init)
        let words = (lines.first ?? "").split(separator: " ").map(String.init)
        guard words.count == 3 else { throw Ended() }
        let fields = lines.dropFirst().compactMap { line -> (String, String)? in
            guard let colon = line.firstIndex(of: ":") else { return nil }
            return (String(line[..<colon]), HTTPHeaders.trimmed(line[line.index(after: colon)...]))
        }
        let headers = HTTPHeaders(fields)
        bodyLeft = headers["Content-Length"].flatMap { Int64($0) } ?? 0
        owesLeave = headers["Expect"] == "100-continue"
        return SeenRequest(method: words[0], target: words[1], headers: headers)
    }

    /// Reads at most `limit` bytes of the request's body, all by default.
    func body(limit: Int64 = .max) throws -> [UInt8] {
        if owesLeave { try send("HTTP/1.1 100 Continue\r\n\r\n") }
        owesLeave = false
        var bytes: [UInt8] = []
        var left = min(limit, bodyLeft)
        while left > 0 {
            if start == end { try fill() }
            let count = min(Int(left), end - start)
            bytes += buffer[start..<start + count]
            start += count
            left -= Int64(count)
            bodyLeft -= Int64(count)
        }
        return bytes
    }

    func send(_ bytes: [UInt8]) throws { try socket.write(bytes[...], timeout: .seconds(30)) }

    func send(_ text: String) throws { try send(Array(text.utf8)) }

    /// Reads what is left of the request and sends a whole answer with its length.
    func answer(
        _ status: Int, _ headers: [(String, String)] = [], _ body: [UInt8] = [], for method: String = ""
    ) throws {
        _ = try self.body()
        var text = "HTTP/1.1 \(status) Words\r\n"
        for (name, value) in headers { text += "\(name): \(value)\r\n" }
        if !headers.contains(where: { $0.0 == "Content-Length" }) {
            text += "Content-Length: \(body.count)\r\n"
        }
        try send(Array((text + "\r\n").utf8) + (method == "HEAD" ? [] : body))
    }

    /// Closes without another word; `reset` makes the client's next write or read fail.
    func cut() {
        isClosed = true
        socket.shutdown()
    }

    /// Waits for the client to go away.
    func waitForEnd() {
        while (try? fill()) != nil {}
    }
}

/// An HTTP server for faults: every connection on its own thread, every answer made by the test.
final class TestServer: Sendable {
    typealias Handler = @Sendable (SeenRequest, ServerConnection) throws -> Void

    private final class Shared: Sendable {
        let listener: LoopbackListener
        let requests = Mutex<[SeenRequest]>([])
        let connections = Mutex<Int>(0)
        let handler: Handler
        let raw: (@Sendable (Socket) throws -> Void)?

        init(
            _ listener: LoopbackListener, _ handler: @escaping Handler,
            _ raw: (@Sendable (Socket) throws -> Void)?
        ) {
            self.listener = listener
            self.handler = handler
            self.raw = raw
        }

        func serve() {
            listener.serve { [self] connection in
                connections.withLock { $0 += 1 }
                guard let socket = try? Socket(owning: connection) else { return }
                if let raw {
                    try? raw(socket)
                    return socket.shutdown()
                }
                let connection = ServerConnection(socket)
                while !connection.isClosed, let request = try? connection.request() {
                    requests.withLock { $0.append(request) }
                    do { try handler(request, connection) } catch { break }
                }
                socket.shutdown()
            }
        }
    }

    let port: UInt16
    private let shared: Shared

    /// A server of requests.
    convenience init(_ handler: @escaping Handler) throws { try self.init(handler, raw: nil) }

    /// A server that speaks no HTTP.
    convenience init(raw: @escaping @Sendable (Socket) throws -> Void) throws {
        try self.init({ _, _ in }, raw: raw)
    }

    private init(_ handler: @escaping Handler, raw serve: (@Sendable (Socket) throws -> Void)?) throws {
        let listener = try LoopbackListener()
        port = listener.port
        shared = Shared(listener, handler, serve)
        let shared = shared
        Thread.start { shared.serve() }
    }

    deinit {
        shared.listener.stop()
    }

    /// As references name it.
    var name: String { "127.0.0.1:\(port)" }
    var requests: [SeenRequest] { shared.requests.withLock { $0 } }
    /// "GET /v2/…", in order.
    var log: [String] { requests.map(\.description) }
    /// How many connections there were.
    var connectionCount: Int { shared.connections.withLock { $0 } }
}

/// A clock that does not wait: sleeping moves it on and is written down.
final class FakeClock: RegistryClock {
    private let state = Mutex<(uptime: Duration, sleeps: [Duration])>((.zero, []))

    func uptime() -> Duration { state.withLock { $0.uptime } }

    func now() -> Int64 { 1_000_000_000 + uptime().components.seconds }

    func sleep(_ duration: Duration, _ cancellation: Cancellation) throws {
        try cancellation.check()
        advance(duration)
        state.withLock { $0.sleeps.append(duration) }
    }

    func advance(_ duration: Duration) { state.withLock { $0.uptime += duration } }

    var sleeps: [Duration] { state.withLock { $0.sleeps } }
}

/// Counts up; for handlers that answer differently from time to time.
final class Counter: Sendable {
    private let value = Mutex(0)

    /// The number before this call.
    func next() -> Int {
        value.withLock { value in
            defer { value += 1 }
            return value
        }
    }

    var count: Int { value.withLock { $0 } }
}

extension RegistryOptions {
    /// Options for tests: a clock that does not wait.
    static func testing(_ clock: FakeClock = FakeClock()) -> RegistryOptions {
        var options = RegistryOptions()
        options.clock = clock
        return options
    }
}
