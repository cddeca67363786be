internal import Glibc

/// Owner, permissions and times of what a descriptor points to.
extension FileDescriptor {
    /// Sets the permission bits, 0 to 0o7777; the process' umask has no say.
    package func changeMode(_ mode: UInt32) throws(SystemError) {
        if fchmod(raw, mode_t(mode)) != 0 { throw .last("change mode") }
    }

    /// Sets owner and group; the kernel clears the setuid and setgid bits of files.
    package func changeOwner(uid: UInt32, gid: UInt32) throws(SystemError) {
        if fchown(raw, uid, gid) != 0 { throw .last("change owner") }
    }

    /// Sets access and modification time.
    package func changeTime(_ time: FileStatus.Time) throws(SystemError) {
        let stamp = timespec(tv_sec: Int(time.seconds), tv_nsec: Int(time.nanoseconds))
        let both = [stamp, stamp]
        if unsafe futimens(raw, both) != 0 { throw .last("change time") }
    }
}
