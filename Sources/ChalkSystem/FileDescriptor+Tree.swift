internal import Glibc

/// Operations on names below an open directory. None follows a link in last place.
extension FileDescriptor {
    /// What a name is, without following a link.
    package func status(of name: some HostPath) throws(SystemError) -> FileStatus {
        let path = try name.terminated(for: "stat")
        var buffer = stat()
        if unsafe fstatat(raw, path, &buffer, AT_SYMLINK_NOFOLLOW) != 0 { throw .last("stat", name.display) }
        return FileStatus(buffer)
    }

    /// The same, or nil when there is no such name.
    package func statusIfPresent(of name: some HostPath) throws(SystemError) -> FileStatus? {
        do {
            return try status(of: name)
        } catch  where error.isNotFound {
            return nil
        }
    }

    /// Makes a directory; the process' umask applies, so follow with ``changeMode(_:of:)`` where the mode matters.
    package func makeDirectory(_ name: some HostPath, mode: UInt32 = 0o777) throws(SystemError) {
        let path = try name.terminated(for: "make directory")
        if unsafe mkdirat(raw, path, mode_t(mode)) != 0 { throw .last("make directory", name.display) }
    }

    /// Makes a symbolic link called `name` that says `target`.
    package func makeLink(_ name: some HostPath, to target: some HostPath) throws(SystemError) {
        let path = try name.terminated(for: "make link")
        let words = try target.terminated(for: "make link")
        if unsafe symlinkat(words, raw, path) != 0 { throw .last("make link", name.display) }
    }

    /// Gives the entry `existing` below `directory` a second name here.
    package func makeHardLink(
        _ name: some HostPath, to existing: some HostPath, in directory: borrowing FileDescriptor
    ) throws(SystemError) {
        let path = try name.terminated(for: "make hard link")
        let source = try existing.terminated(for: "make hard link")
        if unsafe linkat(directory.raw, source, raw, path, 0) != 0 {
            throw .last("make hard link", name.display)
        }
    }

    /// Makes a FIFO or device node; `type` is one of S_IFIFO, S_IFCHR, S_IFBLK.
    package func makeNode(
        _ name: some HostPath, type: UInt32, mode: UInt32, device: UInt64
    ) throws(SystemError) {
        let path = try name.terminated(for: "make node")
        if unsafe mknodat(raw, path, mode_t(type | mode), dev_t(device)) != 0 {
            throw .last("make node", name.display)
        }
    }

    /// What a link says.
    package func linkTarget(of name: some HostPath) throws(SystemError) -> [UInt8] {
        let path = try name.terminated(for: "read link")
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let length = unsafe readlinkat(raw, path, &buffer, buffer.count)
        if length < 0 { throw .last("read link", name.display) }
        return buffer[..<length].map { UInt8(bitPattern: $0) }
    }

    /// Removes a name that is not a directory.
    package func removeFile(_ name: some HostPath) throws(SystemError) {
        let path = try name.terminated(for: "remove")
        if unsafe unlinkat(raw, path, 0) != 0 { throw .last("remove", name.display) }
    }

    /// Removes an empty directory.
    package func removeDirectory(_ name: some HostPath) throws(SystemError) {
        let path = try name.terminated(for: "remove directory")
        if unsafe unlinkat(raw, path, AT_REMOVEDIR) != 0 { throw .last("remove directory", name.display) }
    }

    /// Moves a name below this directory to one below `directory`, replacing what is there.
    package func rename(
        _ name: some HostPath, to newName: some HostPath, in directory: borrowing FileDescriptor
    ) throws(SystemError) {
        let old = try name.terminated(for: "rename")
        let new = try newName.terminated(for: "rename")
        if unsafe renameat(raw, old, directory.raw, new) != 0 {
            throw .last("rename to \(newName.display)", name.display)
        }
    }

    /// Sets permission bits of a name that is not a link.
    package func changeMode(_ mode: UInt32, of name: some HostPath) throws(SystemError) {
        let path = try name.terminated(for: "change mode of")
        if unsafe fchmodat(raw, path, mode_t(mode), 0) != 0 { throw .last("change mode of", name.display) }
    }

    /// Sets owner and group; of the link itself where the name is one.
    package func changeOwner(uid: UInt32, gid: UInt32, of name: some HostPath) throws(SystemError) {
        let path = try name.terminated(for: "change owner of")
        if unsafe fchownat(raw, path, uid, gid, AT_SYMLINK_NOFOLLOW) != 0 {
            throw .last("change owner of", name.display)
        }
    }

    /// Sets access and modification time; of the link itself where the name is one.
    package func changeTime(_ time: FileStatus.Time, of name: some HostPath) throws(SystemError) {
        let path = try name.terminated(for: "change time of")
        let stamp = timespec(tv_sec: Int(time.seconds), tv_nsec: Int(time.nanoseconds))
        let both = [stamp, stamp]
        if unsafe utimensat(raw, path, both, AT_SYMLINK_NOFOLLOW) != 0 {
            throw .last("change time of", name.display)
        }
    }

    /// Removes a name and, where it is a directory, everything below it. A name that is not there is no error.
    package func removeTree(_ name: some HostPath) throws(SystemError) {
        guard let top = try removeFileOrOpen(name) else { return }
        var entries = try top.entries()
        while !entries.isEmpty {
            for entry in entries { try top.removeTree(entry.name, depth: 1, below: top) }
            entries = try top.entries()
        }
        try removeDirectory(name)
    }

    /// Levels that are open at a time while a tree is removed.
    private static let removalDepth = 100

    /// Removes everything but what lies too deep for so many descriptors, which moves up to `top` for later.
    private func removeTree(
        _ name: [UInt8], depth: Int, below top: borrowing FileDescriptor
    ) throws(SystemError) {
        guard let inner = try removeFileOrOpen(name) else { return }
        if depth == FileDescriptor.removalDepth {
            return try rename(name, to: RandomName.make(), in: top)
        }
        for entry in try inner.entries() { try inner.removeTree(entry.name, depth: depth + 1, below: top) }
        try removeDirectory(name)
    }

    /// Removes what is no directory; a directory is opened, and made so that it can be emptied.
    private func removeFileOrOpen(_ name: some HostPath) throws(SystemError) -> FileDescriptor? {
        do {
            try removeFile(name)
            return nil
        } catch  where error.isNotFound {
            return nil
        } catch  where error.code == EISDIR || error.code == EPERM {}
        do {
            let inner = try open(name, [.readOnly, .directory, .noFollow])
            if let mode = try? inner.status().mode, mode & 0o700 != 0o700 { _ = fchmod(inner.raw, 0o700) }
            return inner
        } catch  where error.isNotFound {
            return nil
        }
    }
}
