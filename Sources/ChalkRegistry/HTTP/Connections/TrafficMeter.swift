private import Synchronization

/// Counts what goes over the wire; from many threads.
package final class TrafficMeter: Sendable {
    /// What was counted.
    package struct Counts: Hashable, Sendable {
        /// Requests, those for tokens and after redirects among them.
        package var requests = 0
        /// How often something was tried again after a failure.
        package var retries = 0
        /// Bytes of bodies that were sent, those that had to be sent again among them.
        package var sent: Int64 = 0
        /// Bytes of bodies that came.
        package var received: Int64 = 0
    }

    private let state = Mutex(Counts())

    /// A meter at zero.
    package init() {}

    /// What was counted so far.
    package var counts: Counts { state.withLock { $0 } }

    func addRequest() { state.withLock { $0.requests += 1 } }

    func addRetry() { state.withLock { $0.retries += 1 } }

    func addSent(_ bytes: Int) { state.withLock { $0.sent += Int64(bytes) } }

    func addReceived(_ bytes: Int) { state.withLock { $0.received += Int64(bytes) } }
}
