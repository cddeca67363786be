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
        let context = unsafe Unmanaged.passRetained(Body(body)).toOpaque()
        var thread = pthread_t()
        var blocked = sigset_t()
        var previous = sigset_t()
        unsafe sigfillset(&blocked)
        unsafe pthread_sigmask(SIG_SETMASK, &blocked, &previous)
        let code = unsafe pthread_create(
            &thread, nil,
            { context in
                if let context = unsafe context {
                    unsafe Unmanaged<Body>.fromOpaque(context).takeRetainedValue().run()
                }
                return nil
            }, context)
        unsafe pthread_sigmask(SIG_SETMASK, &previous, nil)
        if code == 0 {
            pthread_detach(thread)
        } else {
            unsafe Unmanaged<Body>.fromOpaque(context).release()
        }
        return code == 0
    }
}
