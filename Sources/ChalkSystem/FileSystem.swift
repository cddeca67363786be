internal import Glibc

/// Whole-path operations for places that the user named.
package enum FileSystem {
    /// What a path is; a link in last place is followed.
    package static func status(_ path: some HostPath) throws(SystemError) -> FileStatus {
        let name = try path.terminated(for: "stat")
        var buffer = stat()
        if unsafe stat(name, &buffer) != 0 { throw .last("stat", path.display) }
        return FileStatus(buffer)
    }

    /// The same, or nil when there is nothing.
    package static func statusIfPresent(_ path: some HostPath) throws(SystemError) -> FileStatus? {
        do {
            return try status(path)
        } catch  where error.isNotFound {
            return nil
        }
    }

    /// A whole file of at most `limit` bytes.
    package static func read(_ path: some HostPath, limit: Int) throws(SystemError) -> [UInt8] {
        let file = try FileDescriptor.open(path)
        do {
            return try file.readToEnd(limit: limit)
        } catch {
            throw SystemError(code: error.code, operation: error.operation, subject: path.display)
        }
    }

    /// Makes a directory and those above it that are missing.
    package static func makeDirectories(_ path: String, mode: UInt32 = 0o777) throws(SystemError) {
        if let status = try statusIfPresent(path) {
            if status.kind == .directory { return }
            throw SystemError(code: ENOTDIR, operation: "make directory", subject: path)
        }
        let parent = PathText.parent(of: path)
        if parent != path { try makeDirectories(parent, mode: mode) }
        let name = try path.terminated(for: "make directory")
        if unsafe mkdir(name, mode_t(mode)) != 0, errno != EEXIST { throw .last("make directory", path) }
    }

    /// The working directory, absolute.
    package static func currentDirectory() throws(SystemError) -> String {
        guard let pointer = unsafe getcwd(nil, 0) else { throw .last("find the working directory") }
        defer { unsafe free(pointer) }
        return unsafe String(cString: pointer)
    }

    /// The path with every link resolved; it must exist.
    package static func resolved(_ path: String) throws(SystemError) -> String {
        let name = try path.terminated(for: "resolve")
        guard let pointer = unsafe realpath(name, nil) else { throw .last("resolve", path) }
        defer { unsafe free(pointer) }
        return unsafe String(cString: pointer)
    }
}
