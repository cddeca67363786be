internal import ChalkSystem
private import Glibc

extension Fault {
    /// A connection that could not be made.
    ///
    /// - Parameter role: what stands before the name of somebody who is no registry: "the proxy ".
    static func unreachable(
        _ error: any Error, _ origin: Origin, as role: String = "", timeout: Duration
    ) -> Fault {
        let name = role + origin.authority
        let remedy = "check its name and the network"
        switch error {
        case let error as HostLookupError:
            return Fault(
                .network, "\(role.isEmpty ? "host " : role)\(error.host) cannot be found (\(error.reason))",
                remedy: remedy)
        case let error as SystemError where error.code == ETIMEDOUT:
            return Fault(
                .timedOut, "\(name) cannot be reached within \(timeout.words)", remedy: remedy)
        case let error as SystemError:
            return Fault(
                .network, "\(name) cannot be reached (\(error.reason))", remedy: remedy)
        default:
            return Fault(.network, "\(name) cannot be reached", remedy: remedy)
        }
    }

    /// A connection that broke, or kept silent for `timeout`.
    static func broken(_ error: SystemError, timeout: Duration) -> Fault {
        switch error.code {
        case ETIMEDOUT: .silent(timeout)
        case ECONNRESET, EPIPE, ENOTCONN: Fault(.network, "the connection was cut", isTransient: true)
        default: Fault(.network, "the connection broke (\(error.reason))", isTransient: true)
        }
    }

    /// Nothing came for `timeout`.
    static func silent(_ timeout: Duration) -> Fault {
        Fault(.timedOut, "nothing came for \(timeout.words)", isTransient: true)
    }
}

extension SystemError {
    /// Whether the other side kept silent for too long (ETIMEDOUT).
    var isTimeout: Bool { code == ETIMEDOUT }
}

extension Duration {
    /// "1 second", "300 ms".
    var words: String {
        let parts = components
        if parts.attoseconds == 0 { return parts.seconds == 1 ? "1 second" : "\(parts.seconds) seconds" }
        return "\(parts.seconds * 1_000 + parts.attoseconds / 1_000_000_000_000_000) ms"
    }
}
