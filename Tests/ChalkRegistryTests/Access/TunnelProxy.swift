import ChalkSystem
import Synchronization

@testable import ChalkRegistry

/// A proxy that answers CONNECT by connecting to one port of loopback, whatever host is asked for.
final class TunnelProxy: Sendable {
    private final class Heads: Sendable {
        let list = Mutex<[String]>([])
    }

    private let heads: Heads
    private let server: TestServer

    /// - Parameter refusal: what is answered instead: "407 Proxy Authentication Required".
    init(to port: Int, refusal: String? = nil) throws {
        let heads = Heads()
        self.heads = heads
        server = try TestServer(raw: { client in
            var collector = HeadCollector()
            var buffer = [UInt8](repeating: 0, count: 1)
            while !collector.isComplete {
                guard try client.read(into: &buffer, offset: 0, count: 1, timeout: .seconds(30)) == 1 else {
                    return
                }
                _ = try collector.take(buffer[...])
            }
            heads.list.withLock { $0.append(String(decoding: collector.bytes, as: UTF8.self)) }
            let answer = refusal.map { "\($0)\r\nContent-Length: 0" } ?? "200 Connected"
            try client.write(Array("HTTP/1.1 \(answer)\r\n\r\n".utf8)[...], timeout: .seconds(30))
            if refusal != nil { return }
            let far = try Socket.connect(
                to: "127.0.0.1", port: UInt16(port), timeout: .seconds(30), cancellation: Cancellation())
            Thread.start { TunnelProxy.relay(far, client) }
            TunnelProxy.relay(client, far)
        })
    }

    /// `http://127.0.0.1:PORT`.
    var url: String { "http://\(server.name)" }

    /// The heads of the requests so far.
    var requests: [String] { heads.list.withLock { $0 } }

    private static func relay(_ from: Socket, _ to: Socket) {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while let got = try? from.read(into: &buffer, offset: 0, count: buffer.count, timeout: .seconds(30)),
            got > 0
        {
            if (try? to.write(buffer[..<got], timeout: .seconds(30))) == nil { break }
        }
        to.shutdown()
        from.shutdown()
    }
}
