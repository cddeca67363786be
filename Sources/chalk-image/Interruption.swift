import ChalkSystem
import Glibc
import Synchronization

/// Turns Ctrl-C, SIGTERM and SIGHUP into a raised flag; a second one ends the process at once.
enum Interruption {
    /// Raised by the first such signal; watching begins with the first look at it.
    static let cancellation = watch()

    private typealias Taker = @Sendable (Int32) -> Bool
    private static let taker = Mutex<Taker?>(nil)

    /// Has signals go to somebody else, these and others that programs are sent by people. Those that are not taken
    /// do what they always do.
    static func passOn(to take: @escaping @Sendable (Int32) -> Bool) {
        _ = cancellation
        taker.withLock { $0 = take }
        start([SIGQUIT, SIGUSR1, SIGUSR2])
    }

    /// Starts to watch. Must happen before any other thread is started, since threads inherit the blocked signals.
    private static func watch() -> Cancellation {
        let cancellation = Cancellation()
        signal(SIGPIPE, SIG_IGN)
        start([SIGINT, SIGTERM, SIGHUP], cancellation)
        return cancellation
    }

    /// - Parameter cancellation: what signals are for that nobody takes; nil where they would have ended the process.
    private static func start(_ numbers: [Int32], _ cancellation: Cancellation? = nil) {
        var signals = sigset_t()
        unsafe sigemptyset(&signals)
        for number in numbers { unsafe sigaddset(&signals, number) }
        unsafe pthread_sigmask(SIG_BLOCK, &signals, nil)
        let watched = signals
        Thread.start {
            var watched = watched
            var number: Int32 = 0
            while unsafe sigwait(&watched, &number) == 0 {
                if taker.withLock({ $0 })?(number) ?? false { continue }
                guard let cancellation, !cancellation.isCancelled else {
                    _exit(ExitCode.interrupted.rawValue)
                }
                cancellation.cancel()
            }
        }
    }
}
