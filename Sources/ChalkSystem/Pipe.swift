internal import CLinux
internal import Glibc

/// The two ends of a pipe; neither survives `exec`.
package struct Pipe: ~Copyable {
    private var readEnd: FileDescriptor?
    private var writeEnd: FileDescriptor?

    /// A new pipe.
    package init() throws(SystemError) {
        var ends: [Int32] = [-1, -1]
        if unsafe linux_pipe(&ends) != 0 { throw .last("make a pipe") }
        readEnd = FileDescriptor(owning: ends[0])
        writeEnd = FileDescriptor(owning: ends[1])
    }

    /// Gives the reading end away.
    ///
    /// - Throws: EBADF the second time.
    package mutating func takeReadEnd() throws(SystemError) -> FileDescriptor {
        if let end = readEnd.take() { return end }
        throw SystemError(code: EBADF, operation: "take a pipe's end")
    }

    /// Gives the writing end away.
    ///
    /// - Throws: EBADF the second time.
    package mutating func takeWriteEnd() throws(SystemError) -> FileDescriptor {
        if let end = writeEnd.take() { return end }
        throw SystemError(code: EBADF, operation: "take a pipe's end")
    }
}

/// Files without a name.
package enum MemoryFile {
    /// A file in memory that holds `bytes`, at its start.
    package static func holding(_ bytes: [UInt8]) throws(SystemError) -> FileDescriptor {
        let number = unsafe linux_memory_file("chalk-image")
        if number < 0 { throw .last("make a file in memory") }
        let file = FileDescriptor(owning: number)
        try file.write(bytes)
        try file.seek(to: 0)
        return file
    }
}

/// Waiting for several descriptors at once.
package enum Readiness {
    /// Waits until at least one of the descriptors can be read or is at its end; says which.
    ///
    /// - Parameter limit: how long to wait, for ever when nil; none are readable then.
    package static func readable(
        _ descriptors: [Int32], within limit: Duration? = nil
    ) throws(SystemError) -> [Int32] {
        var list = descriptors.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        let deadline = limit.map { ContinuousClock.now + $0 }
        func wait() -> Int32 { deadline.map { ($0 - ContinuousClock.now).pollMilliseconds } ?? -1 }
        while unsafe poll(&list, nfds_t(list.count), wait()) < 0 {
            if errno != EINTR { throw .last("wait for input") }
        }
        return list.filter { $0.revents != 0 }.map(\.fd)
    }

    /// Whether the pipe that this descriptor reads has lost its last writer. Does not wait.
    package static func hasHungUp(_ descriptor: Int32) -> Bool {
        var one = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return unsafe poll(&one, 1, 0) > 0 && one.revents & Int16(POLLHUP) != 0
    }
}
