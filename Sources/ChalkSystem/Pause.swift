internal import Glibc

/// Waiting for time to pass.
package enum Pause {
    /// Waits `duration` on the calling thread, or until the work is cancelled.
    ///
    /// - Throws: ``Cancellation/Cancelled``, as soon as the flag is up.
    package static func wait(_ duration: Duration, _ cancellation: Cancellation) throws {
        try cancellation.check()
        if duration <= .zero { return }
        var ends: [Int32] = [-1, -1]
        let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        if unsafe socketpair(AF_UNIX, kind, 0, &ends) != 0 { throw SystemError.last("open a socket pair") }
        let far = FileDescriptor(owning: ends[1])
        let near = try Socket(owning: FileDescriptor(owning: ends[0]))
        // The far end stays open to here: closing it would end the wait.
        defer { _ = far.raw }
        do {
            _ = try cancellation.withHandler({ near.shutdown() }) {
                try near.wait(for: .read, timeout: duration)
            }
        } catch let error as SystemError where error.code == ETIMEDOUT {
            // The time has passed, which is what was asked for.
        }
        try cancellation.check()
    }
}
