import ChalkSystem
import Glibc

/// Turns Ctrl-C, SIGTERM and SIGHUP into a raised flag; a second one ends the process at once.
enum Interruption {
    /// Raised by the first such signal; watching begins with the first look at it.
    static let cancellation = watch()

    /// Starts to watch. Must happen before any other thread is started, since threads inherit the blocked signals.
    private static func watch() -> Cancellation {
        let cancellation = Cancellation()
        var signals = sigset_t()
        unsafe sigemptyset(&signals)
        for number in [SIGINT, SIGTERM, SIGHUP] { unsafe sigaddset(&signals, number) }
        unsafe pthread_sigmask(SIG_BLOCK, &signals, nil)
        signal(SIGPIPE, SIG_IGN)
        let watched = signals
        Thread.start {
            var watched = watched
            var number: Int32 = 0
            while unsafe sigwait(&watched, &number) == 0 {
                if cancellation.isCancelled { _exit(ExitCode.interrupted.rawValue) }
                cancellation.cancel()
            }
        }
        return cancellation
    }
}
