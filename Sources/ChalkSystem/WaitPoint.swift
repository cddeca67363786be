internal import Glibc

/// A counting semaphore: as many waits return as signals were given.
@safe package final class WaitPoint: @unchecked Sendable {
    // The semaphore is the only state, lives at a fixed address from init to deinit, and sem_* may be called
    // from any thread: hence Sendable.
    private let semaphore: UnsafeMutablePointer<sem_t>

    /// A semaphore that starts at zero.
    package init() {
        unsafe semaphore = .allocate(capacity: 1)
        unsafe sem_init(semaphore, 0, 0)
    }

    deinit {
        unsafe sem_destroy(semaphore)
        unsafe semaphore.deallocate()
    }

    /// Lets one waiter go on.
    package func signal() {
        unsafe sem_post(semaphore)
    }

    /// Waits for one signal.
    package func wait() {
        while unsafe sem_wait(semaphore) != 0, errno == EINTR {}
    }
}
