internal import Glibc

/// A detached thread of the system.
package enum Thread {
    private final class Body {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    /// Starts `body` on a new thread with every signal blocked, so that signals reach only the main thread.
    package static func start(_ body: @escaping @Sendable () -> Void) {
        // No thread to be had: the work is done here, late rather than never.
        if !tryStart(body) { body() }
    }

    /// The same; false, and nothing done, when no thread is to be had.
    package static func tryStart(_ body: @escaping @Sendable () -> Void) -> Bool {
        blockingSignals {
            guard let thread = create(body) else { return false }
            pthread_detach(thread)
            return true
        }
    }

    /// Runs the rest of a forked process: `body` on a new thread with every signal blocked, to its end.
    ///
    /// Swift's runtime remembers a thread's id, and the one thread that a fork leaves remembers that of the thread that
    /// forked. A lock of the runtime that it holds while another thread wants it is never given back: both spin for
    /// ever. A new thread asks for its own id.
    package static func runForked(_ body: @escaping @Sendable () -> Void) {
        blockingSignals {
            guard let thread = create(body) else { return body() }
            pthread_join(thread, nil)
        }
    }

    private static func blockingSignals<T>(_ body: () -> T) -> T {
        var blocked = sigset_t()
        var previous = sigset_t()
        unsafe sigfillset(&blocked)
        unsafe pthread_sigmask(SIG_SETMASK, &blocked, &previous)
        defer { unsafe pthread_sigmask(SIG_SETMASK, &previous, nil) }
        return body()
    }

    private static func create(_ body: @escaping @Sendable () -> Void) -> pthread_t? {
        let context = unsafe Unmanaged.passRetained(Body(body)).toOpaque()
        var thread = pthread_t()
        let code = unsafe pthread_create(
            &thread, nil,
            { context in
                if let context = unsafe context {
                    unsafe Unmanaged<Body>.fromOpaque(context).takeRetainedValue().run()
                }
                return nil
            }, context)
        if code == 0 { return thread }
        unsafe Unmanaged<Body>.fromOpaque(context).release()
        return nil
    }
}
