internal import ChalkSystem
private import Synchronization

/// Connections that wait for their next request, newest first.
final class ConnectionPool: Sendable {
    private struct Idle {
        let connection: Connection
        let since: ContinuousClock.Instant
    }

    /// Most connections kept for one destination.
    static let limit = 8

    private let idle = Mutex<[Destination: [Idle]]>([:])
    private let keepAlive: Duration

    init(keepAlive: Duration) { self.keepAlive = keepAlive }

    /// A kept connection that still seems good.
    func take(_ destination: Destination) -> Connection? {
        while true {
            let candidate = idle.withLock { $0[destination]?.popLast() }
            guard let candidate else { return nil }
            if ContinuousClock.now - candidate.since < keepAlive, candidate.connection.isQuiet() {
                return candidate.connection
            }
        }
    }

    /// Keeps a connection whose last answer was read to its end.
    func put(_ connection: Connection) {
        let entry = Idle(connection: connection, since: .now)
        // What falls out is let go outside the lock, since that closes it.
        _ = idle.withLock { idle -> Idle? in
            var list = idle[connection.destination] ?? []
            list.append(entry)
            let old = list.count > ConnectionPool.limit ? list.removeFirst() : nil
            idle[connection.destination] = list
            return old
        }
    }
}
