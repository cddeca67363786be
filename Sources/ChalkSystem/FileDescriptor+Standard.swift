internal import Glibc

extension FileDescriptor {
    /// A descriptor of its own for this process' standard input.
    package static func standardInput() throws(SystemError) -> FileDescriptor {
        let copy = fcntl(0, F_DUPFD_CLOEXEC, 3)
        if copy < 0 { throw .last("use standard input") }
        return FileDescriptor(owning: copy)
    }

    /// A descriptor of its own for this process' standard output.
    package static func standardOutput() throws(SystemError) -> FileDescriptor {
        let copy = fcntl(1, F_DUPFD_CLOEXEC, 3)
        if copy < 0 { throw .last("use standard output") }
        return FileDescriptor(owning: copy)
    }

    /// A descriptor of its own for this process' standard error.
    package static func standardError() throws(SystemError) -> FileDescriptor {
        let copy = fcntl(2, F_DUPFD_CLOEXEC, 3)
        if copy < 0 { throw .last("use standard error") }
        return FileDescriptor(owning: copy)
    }
}
