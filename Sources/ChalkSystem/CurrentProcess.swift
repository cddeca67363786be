internal import CLinux
internal import Glibc

/// The calling process.
package enum CurrentProcess {
    /// Its id.
    package static var id: Int32 { getpid() }
    /// The id of the process that started it, 0 when that one is outside its process namespace.
    package static var parentID: Int32 { getppid() }
    /// The effective user.
    package static var userID: UInt32 { geteuid() }
    /// The effective group.
    package static var groupID: UInt32 { getegid() }

    /// The login name of the effective user, nil when the system knows none.
    package static var userName: String? {
        var entry = unsafe passwd()
        var found: UnsafeMutablePointer<passwd>?
        var buffer = [CChar](repeating: 0, count: 16_384)
        guard unsafe getpwuid_r(geteuid(), &entry, &buffer, buffer.count, &found) == 0,
            unsafe found != nil, let name = unsafe entry.pw_name
        else { return nil }
        return unsafe String(cString: name)
    }

    /// Its variables; the first counts where a name stands twice.
    package static var environment: [String: String] {
        var variables: [String: String] = [:]
        var next = unsafe environ
        while let text = unsafe next.pointee {
            let line = unsafe String(cString: text)
            let name = String(line.prefix { $0 != "=" })
            if variables[name] == nil { variables[name] = String(line.dropFirst(name.count + 1)) }
            unsafe next += 1
        }
        return variables
    }

    /// Splits the process in two; 0 in the new one. For a process of one thread.
    package static func fork() throws(SystemError) -> Int32 {
        let child = linux_fork()
        if child < 0 { throw .last("fork") }
        return child
    }

    /// Waits for one child to end; for children of ``fork()`` and those that were left to this process.
    package static func waitForChild(_ id: Int32) throws(SystemError) -> ChildProcess.End {
        var status: Int32 = 0
        while unsafe waitpid(id, &status, 0) < 0 {
            if errno != EINTR { throw .last("wait for a process") }
        }
        return ChildProcess.End(status: status)
    }

    /// The same for a process that becomes this one's child when the last process between them has ended, which may
    /// be a moment away; one that never does is an error after ten seconds.
    package static func waitForAdoptedChild(_ id: Int32) throws(SystemError) -> ChildProcess.End {
        var status: Int32 = 0
        var tries = 0
        while unsafe waitpid(id, &status, 0) < 0 {
            if errno == EINTR { continue }
            if errno != ECHILD || tries == 2_000 { throw .last("wait for a process") }
            tries += 1
            usleep(5_000)
        }
        return ChildProcess.End(status: status)
    }

    /// Takes leave of children that have ended; gives the end of a certain one, nil when it is not among them.
    ///
    /// Others were left to this process: a process namespace ends only when the last of its processes is forgotten by
    /// its parent (`pid_namespaces(7)`), wherever that is.
    package static func reapChildren(until id: Int32) throws(SystemError) -> ChildProcess.End? {
        var status: Int32 = 0
        while true {
            let ended = unsafe waitpid(-1, &status, WNOHANG)
            if ended == id { return ChildProcess.End(status: status) }
            // It may become this process' child only a moment from now.
            if ended == 0 || ended < 0 && errno == ECHILD { return nil }
            if ended < 0, errno != EINTR { throw .last("wait for a process") }
        }
    }

    /// The end of a child if it has come, else nil.
    package static func endOfChild(_ id: Int32) throws(SystemError) -> ChildProcess.End? {
        var status: Int32 = 0
        let got = unsafe waitpid(id, &status, WNOHANG)
        if got < 0 { throw .last("wait for a process") }
        return got == 0 ? nil : ChildProcess.End(status: status)
    }

    /// Sends a signal to a child of ``fork()`` that was not waited for yet.
    package static func signalChild(_ id: Int32, _ number: Int32) {
        if id > 0 { _ = Glibc.kill(id, number) }
    }

    /// Closes every descriptor of a range, whoever thinks to own it; only for a process that is about to start
    /// its own work.
    package static func closeDescriptors(_ range: ClosedRange<Int32>) throws(SystemError) {
        if linux_close_range(UInt32(max(0, range.lowerBound)), UInt32(max(0, range.upperBound))) != 0 {
            throw .last("close descriptors")
        }
    }

    /// Ends the process at once, without a word to anybody.
    package static func exit(_ status: Int32) -> Never { _exit(status) }

    /// Has processes below this one that lose their parent become its children, in its process namespace.
    package static func adoptDescendants() throws(SystemError) {
        if linux_adopt_descendants() != 0 { throw .last("become the parent of processes without one") }
    }

    /// The directory that relative paths start from; only for a process whose one job this is.
    package static func changeDirectory(_ path: String) throws(SystemError) {
        let name = try path.terminated(for: "change to")
        if unsafe chdir(name) != 0 { throw .last("change to", path) }
    }

    /// Sets the file mode mask; only for a process whose one job this is.
    package static func setFileModeMask(_ mask: UInt32) { _ = umask(mode_t(mask)) }
}

extension FileDescriptor {
    /// Takes over a number that this process was started with, and keeps it from programs started later.
    package static func adopt(_ number: Int32) throws(SystemError) -> FileDescriptor {
        if fcntl(number, F_SETFD, FD_CLOEXEC) < 0 { throw .last("take over descriptor \(number)") }
        return FileDescriptor(owning: number)
    }

    /// Waits until everything on the file system that holds this file is on the disk.
    package func syncFileSystem() throws(SystemError) {
        if linux_sync_file_system(raw) != 0 { throw .last("sync the file system") }
    }
}
