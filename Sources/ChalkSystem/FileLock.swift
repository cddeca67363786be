internal import Glibc

/// An advisory lock on an open file (`flock(2)`), let go when the owner goes out of scope or the process ends.
package struct FileLock: ~Copyable, Sendable {
    private let file: FileDescriptor

    private init(file: consuming FileDescriptor) {
        self.file = file
    }

    // Closing would not do while a process that another thread has just forked still has a copy of the descriptor.
    deinit { flock(file.raw, LOCK_UN) }

    /// Who else may hold the lock.
    package enum Mode: Sendable {
        case shared, exclusive
    }

    /// Waits for the lock on `name` below `directory`, making the file where it is missing.
    package static func acquire(
        _ name: some HostPath, in directory: borrowing FileDescriptor, _ mode: Mode
    ) throws(SystemError) -> FileLock {
        let file = try directory.open(name, [.readWrite, .create], mode: 0o600)
        while flock(file.raw, mode == .shared ? LOCK_SH : LOCK_EX) != 0 {
            if errno != EINTR { throw .last("lock", name.display) }
        }
        return FileLock(file: file)
    }

    /// The lock if nobody holds it in the way, else nil.
    package static func tryAcquire(
        _ name: some HostPath, in directory: borrowing FileDescriptor, _ mode: Mode
    ) throws(SystemError) -> FileLock? {
        let file = try directory.open(name, [.readWrite, .create], mode: 0o600)
        while flock(file.raw, (mode == .shared ? LOCK_SH : LOCK_EX) | LOCK_NB) != 0 {
            if errno == EWOULDBLOCK { return nil }
            if errno != EINTR { throw .last("lock", name.display) }
        }
        return FileLock(file: file)
    }
}
