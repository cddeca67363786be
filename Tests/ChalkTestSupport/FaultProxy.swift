import ChalkSystem
import Synchronization

/// A proxy between a client and a registry that does what bad networks, overloaded servers and meddling middlemen do.
///
/// Each connection carries one request.
package final class FaultProxy: Sendable {
    /// What goes wrong with one request.
    package enum Fault: Hashable, Sendable {
        case none
        /// The connection is cut when so many bytes of the request's body have reached the registry.
        case cutRequest(after: Int)
        /// The connection is cut when so many bytes of the answer, its head among them, have reached the client.
        case cutAnswer(after: Int)
        /// The registry never hears of the request.
        case refused(Int)
        /// The registry does its work; the client is told otherwise.
        case denied(Int)
        /// The registry does its work; the client hears nothing.
        case lost
        /// The answer comes in pieces of a byte.
        case slow
        /// The client is sent to another host and port.
        case redirected(String)
        /// The Content-Length of the answer is off by so many bytes.
        case wrongLength(Int)
        /// One byte of the answer's body is another.
        case wrongByte
        /// The answer's body is sent in gzip, which nobody asked for.
        case gzip
        /// A head of 10 MB.
        case hugeHead
    }

    /// What came in.
    package struct Request: Sendable, CustomStringConvertible {
        package let method: String
        /// Path and query.
        package let target: String
        /// By name in lower case.
        package let headers: [String: String]

        /// Bytes of its body.
        package var length: Int { headers["content-length"].flatMap { Int($0) } ?? 0 }
        package var description: String { "\(method) \(target.prefix { $0 != "?" })" }
    }

    private final class Shared: Sendable {
        let listener: LoopbackListener
        let upstream: UInt16
        let authorization: String?
        let decide: @Sendable (Request) -> Fault
        let seen = Mutex<[Request]>([])

        init(
            _ listener: LoopbackListener, _ upstream: UInt16, _ authorization: String?,
            _ decide: @escaping @Sendable (Request) -> Fault
        ) {
            self.listener = listener
            self.upstream = upstream
            self.authorization = authorization
            self.decide = decide
        }
    }

    private let shared: Shared

    /// A proxy to a port of this machine, as long as the value lives.
    ///
    /// - Parameters:
    ///   - authorization: what requests must bring as Authorization; who does not is told so (Basic).
    ///   - decide: what goes wrong with a request; called from many threads.
    package init(
        to upstream: UInt16, demanding authorization: String? = nil,
        _ decide: @escaping @Sendable (Request) -> Fault = { _ in .none }
    ) throws {
        let shared = Shared(try LoopbackListener(), upstream, authorization, decide)
        self.shared = shared
        Thread.start {
            shared.listener.serve { connection in
                guard let client = try? Socket(owning: connection) else { return }
                try? FaultProxyLine(client, shared.upstream).serve(
                    demanding: shared.authorization,
                    note: { request in shared.seen.withLock { $0.append(request) } },
                    shared.decide)
                client.shutdown()
            }
        }
    }

    deinit { shared.listener.stop() }

    /// As references name it.
    package var name: String { "127.0.0.1:\(shared.listener.port)" }
    /// What came in, in order, but for requests that lacked their Authorization.
    package var requests: [Request] { shared.seen.withLock { $0 } }
    /// Forgets what came in.
    package func clear() { shared.seen.withLock { $0 = [] } }
}
