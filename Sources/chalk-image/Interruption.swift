import ChalkSystem
import Glibc

/// Turns Ctrl-C, SIGTERM and SIGHUP into a raised flag; a second one ends the process at once.
enum Interruption {
    /// Starts to watch. Must be called before any thread is started, since threads inherit the blocked signals.
    static func watch() -> Cancellation {
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
