package import ChalkSystem
private import Glibc

/// Time as the registry client sees it; tests hand in one that does not wait.
package protocol RegistryClock: Sendable {
    /// Time since some fixed moment; never goes back.
    func uptime() -> Duration
    /// Seconds since 1970, UTC.
    func now() -> Int64
    /// Waits on the calling thread; ``Cancellation/Cancelled`` when cancelled meanwhile.
    func sleep(_ duration: Duration, _ cancellation: Cancellation) throws
}

/// The system's time.
package struct SystemClock: RegistryClock {
    private static let start = ContinuousClock.now

    /// The clock.
    package init() {}

    package func uptime() -> Duration { ContinuousClock.now - SystemClock.start }

    package func now() -> Int64 { Int64(time(nil)) }

    package func sleep(_ duration: Duration, _ cancellation: Cancellation) throws {
        try Pause.wait(duration, cancellation)
    }
}
