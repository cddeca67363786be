internal import Glibc

extension FileDescriptor {
    /// Takes an advisory lock (`flock(2)`) on this open file unless somebody holds it in the way; it is let go
    /// when the last descriptor of this open file is closed, however the process ends.
    ///
    /// - Returns: whether the lock is held now.
    package func tryLock(_ mode: FileLock.Mode) throws(SystemError) -> Bool {
        while flock(raw, (mode == .shared ? LOCK_SH : LOCK_EX) | LOCK_NB) != 0 {
            if errno == EWOULDBLOCK { return false }
            if errno != EINTR { throw .last("lock") }
        }
        return true
    }

    /// The same, but waits for whoever holds it.
    package func lock(_ mode: FileLock.Mode) throws(SystemError) {
        while flock(raw, mode == .shared ? LOCK_SH : LOCK_EX) != 0 {
            if errno != EINTR { throw .last("lock") }
        }
    }

    /// Lets go of the lock for all descriptors of this open file.
    package func unlock() {
        _ = flock(raw, LOCK_UN)
    }
}
