import ChalkSystem
import Glibc
import Synchronization

/// A web server on loopback whose answers a test makes; one request for each connection.
package final class WebServer: Sendable {
    /// What came in.
    package struct Request: Sendable {
        package let method: String
        /// Path and query.
        package let target: String
        /// By name in lower case.
        package let headers: [String: String]
    }

    /// What goes out.
    package struct Answer: Sendable {
        package var status = 200
        package var headers: [(String, String)] = []
        package var body: [UInt8] = []
        /// Bytes of the body that are sent before the connection is cut; nil for all.
        package var cutAfter: Int?

        package init(
            _ status: Int = 200, _ headers: [(String, String)] = [], body: [UInt8] = [], cutAfter: Int? = nil
        ) {
            self.status = status
            self.headers = headers
            self.body = body
            self.cutAfter = cutAfter
        }
    }

    private final class Shared: Sendable {
        let listener: LoopbackListener
        let requests = Mutex<[Request]>([])
        let handler: @Sendable (Request) -> Answer

        init(_ listener: LoopbackListener, _ handler: @escaping @Sendable (Request) -> Answer) {
            self.listener = listener
            self.handler = handler
        }

        func serve() {
            listener.serve { [self] in answer($0) }
        }

        private func answer(_ connection: consuming FileDescriptor) {
            var bytes: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 65_536)
            let end = Array("\r\n\r\n".utf8)
            while !(bytes.count >= 4
                && bytes.indices.dropLast(3).contains { bytes[$0..<$0 + 4].elementsEqual(end) })
            {
                guard let got = try? connection.read(into: &buffer), got > 0 else { return }
                bytes += buffer[..<got]
            }
            let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\r\n").map(String.init)
            let words = (lines.first ?? "").split(separator: " ").map(String.init)
            guard words.count == 3 else { return }
            var headers: [String: String] = [:]
            for line in lines.dropFirst() {
                let name = line.prefix { $0 != ":" }
                headers[name.lowercased()] = String(line.dropFirst(name.count + 1).drop { $0 == " " })
            }
            let request = Request(method: words[0], target: words[1], headers: headers)
            requests.withLock { $0.append(request) }
            let answer = handler(request)
            var head = "HTTP/1.1 \(answer.status) Words\r\nConnection: close\r\n"
            if answer.status != 304 { head += "Content-Length: \(answer.body.count)\r\n" }
            for (name, value) in answer.headers { head += "\(name): \(value)\r\n" }
            let body = request.method == "HEAD" ? [] : answer.body.prefix(answer.cutAfter ?? .max)
            let whole = Array((head + "\r\n").utf8) + body
            try? connection.write(whole[...])
        }
    }

    package let port: UInt16
    private let shared: Shared

    /// A server that runs as long as the value lives.
    package init(_ handler: @escaping @Sendable (Request) -> Answer) throws {
        signal(SIGPIPE, SIG_IGN)
        let listener = try LoopbackListener()
        port = listener.port
        shared = Shared(listener, handler)
        let shared = shared
        Thread.start { shared.serve() }
    }

    /// A server of the files below a directory, which gives no versions.
    package convenience init(directory: String) throws {
        try self.init { request in
            let path = request.target.prefix { $0 != "?" }
            guard let status = try? FileSystem.status(directory + path), status.kind == .file,
                let bytes = try? FileSystem.read(directory + path, limit: 1 << 28)
            else { return Answer(404) }
            return Answer(body: bytes)
        }
    }

    deinit {
        shared.listener.stop()
    }

    /// `http://127.0.0.1:PORT`.
    package var url: String { "http://127.0.0.1:\(port)" }
    /// What came in so far.
    package var requests: [Request] { shared.requests.withLock { $0 } }
    /// `GET /x`, in order.
    package var log: [String] { requests.map { "\($0.method) \($0.target)" } }
}
