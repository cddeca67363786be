internal import CLinux
internal import Glibc

/// The one owner of an open file descriptor; closed when it goes out of scope.
package struct FileDescriptor: ~Copyable, Sendable {
    /// The number, borrowed: valid only while this owner lives.
    package let raw: Int32

    /// Takes over a descriptor that nobody else will close.
    package init(owning raw: Int32) {
        self.raw = raw
    }

    deinit {
        _ = Glibc.close(raw)
    }

    /// Closes now and says whether late write errors showed up, which `deinit` cannot.
    package consuming func close() throws(SystemError) {
        let number = raw
        discard self
        if Glibc.close(number) != 0, errno != EINTR { throw .last("close") }
    }

    /// Gives the descriptor away; the caller closes it.
    package consuming func release() -> Int32 {
        let number = raw
        discard self
        return number
    }

    /// A second descriptor for the same open file.
    package func duplicate() throws(SystemError) -> FileDescriptor {
        let copy = fcntl(raw, F_DUPFD_CLOEXEC, 0)
        if copy < 0 { throw .last("duplicate a descriptor") }
        return FileDescriptor(owning: copy)
    }

    /// What the descriptor points to.
    package func status() throws(SystemError) -> FileStatus {
        var buffer = stat()
        if unsafe fstat(raw, &buffer) != 0 { throw .last("stat") }
        return FileStatus(buffer)
    }
}

extension FileDescriptor {
    /// How a file is opened; combine like `open(2)` flags.
    package struct OpenFlags: OptionSet, Sendable {
        /// The bits for `open(2)`.
        package let rawValue: Int32
        /// Flags from bits.
        package init(rawValue: Int32) { self.rawValue = rawValue }
        package static let readOnly = OpenFlags(rawValue: O_RDONLY)
        package static let writeOnly = OpenFlags(rawValue: O_WRONLY)
        package static let readWrite = OpenFlags(rawValue: O_RDWR)
        package static let create = OpenFlags(rawValue: O_CREAT)
        package static let exclusive = OpenFlags(rawValue: O_EXCL)
        package static let truncate = OpenFlags(rawValue: O_TRUNC)
        package static let append = OpenFlags(rawValue: O_APPEND)
        package static let directory = OpenFlags(rawValue: O_DIRECTORY)
        /// Refuse a link in last place (ELOOP).
        package static let noFollow = OpenFlags(rawValue: O_NOFOLLOW)
        /// Do not wait for a FIFO's other end.
        package static let nonBlocking = OpenFlags(rawValue: O_NONBLOCK)
        /// Name only: no read or write.
        package static let pathOnly = OpenFlags(rawValue: Int32(linux_O_PATH))
    }

    /// Opens a path; the descriptor does not survive `exec`.
    package static func open(
        _ path: some HostPath, _ flags: OpenFlags = .readOnly, mode: UInt32 = 0o666
    ) throws(SystemError) -> FileDescriptor {
        try open(path, flags, mode: mode, at: AT_FDCWD)
    }

    /// Opens a path below this directory (`openat(2)`).
    package func open(
        _ path: some HostPath, _ flags: OpenFlags = .readOnly, mode: UInt32 = 0o666
    ) throws(SystemError) -> FileDescriptor {
        try FileDescriptor.open(path, flags, mode: mode, at: raw)
    }

    private static func open(
        _ path: some HostPath, _ flags: OpenFlags, mode: UInt32, at directory: Int32
    ) throws(SystemError) -> FileDescriptor {
        let name = try path.terminated(for: "open")
        while true {
            let number = unsafe openat(directory, name, flags.rawValue | O_CLOEXEC, mode_t(mode))
            if number >= 0 { return FileDescriptor(owning: number) }
            if errno != EINTR { throw .last("open", path.display) }
        }
    }

    /// Opens a directory without following a link in last place.
    package static func directory(_ path: some HostPath) throws(SystemError) -> FileDescriptor {
        try open(path, [.readOnly, .directory])
    }
}
