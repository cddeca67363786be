internal import CLinux
internal import Glibc
private import Synchronization

/// A process that this one started, until somebody has waited for it.
///
/// Dropping the last reference does not end the process; whoever starts one waits for it.
package final class ChildProcess: Sendable {
    /// How a process ended.
    package enum End: Hashable, Sendable {
        /// It called `exit` with this status, 0 to 255.
        case exited(Int32)
        /// This signal ended it.
        case signalled(Int32)

        /// The end that `waitpid(2)` wrote down.
        init(status: Int32) {
            let signal = status & 0x7F
            self = signal == 0 ? .exited((status >> 8) & 0xFF) : .signalled(signal)
        }

        /// Whether the status was 0.
        package var isSuccess: Bool { self == .exited(0) }

        /// What a shell would report: the status, or 128 and the signal.
        package var shellStatus: Int32 {
            switch self {
            case .exited(let status): status
            case .signalled(let signal): 128 + signal
            }
        }
    }

    /// Whose terminal and process group the child has.
    package enum Session: Sendable {
        /// Those of this process: Ctrl-C reaches both.
        case shared
        /// A session of its own: no terminal, and no signal that was meant for this process.
        case own
    }

    /// An open descriptor and the number the child knows it by.
    package struct Passed: Hashable, Sendable {
        /// The number here; it stays open here.
        package let source: Int32
        /// The number there.
        package let target: Int32

        /// A pair of numbers.
        package init(_ source: Int32, as target: Int32) {
            self.source = source
            self.target = target
        }
    }

    /// The process id.
    package let id: Int32
    // The end, once reaped; while nil the id cannot have gone to another process.
    private let end = Mutex<End?>(nil)

    private init(id: Int32) { self.id = id }

    /// Starts a program with exactly the given arguments, environment and descriptors.
    ///
    /// Every signal is unblocked and at its default there. Descriptors that are not passed reach the child only
    /// if something opened them without close-on-exec. `executable` is a path; PATH is not searched.
    package static func spawn(
        _ executable: String, arguments: [some HostPath], environment: [String], descriptors: [Passed],
        session: Session
    ) throws(SystemError) -> ChildProcess {
        var actions = unsafe posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        unsafe posix_spawn_file_actions_init(&actions)
        unsafe posix_spawnattr_init(&attributes)
        defer {
            unsafe posix_spawn_file_actions_destroy(&actions)
            unsafe posix_spawnattr_destroy(&attributes)
        }
        // Sources move out of the targets' range first, so that no target overwrites a source yet to come.
        let free = (descriptors.map(\.target).max() ?? 0) + 1
        var moved: [Int32] = []
        defer { for number in moved { _ = close(number) } }
        for passed in descriptors {
            let copy = fcntl(passed.source, F_DUPFD_CLOEXEC, free)
            if copy < 0 { throw .last("pass a descriptor to", executable) }
            moved.append(copy)
            unsafe posix_spawn_file_actions_adddup2(&actions, copy, passed.target)
        }
        var none = sigset_t()
        var all = sigset_t()
        unsafe sigemptyset(&none)
        unsafe sigfillset(&all)
        unsafe posix_spawnattr_setsigmask(&attributes, &none)
        unsafe posix_spawnattr_setsigdefault(&attributes, &all)
        var flags = Int32(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF)
        if session == .own { flags |= Int32(linux_POSIX_SPAWN_SETSID) }
        unsafe posix_spawnattr_setflags(&attributes, Int16(flags))

        let path = try executable.terminated(for: "start")
        let words = try CStringList(arguments)
        let variables = try CStringList(environment)
        var id: pid_t = 0
        let code = unsafe posix_spawn(&id, path, &actions, &attributes, words.pointers, variables.pointers)
        if code != 0 { throw SystemError(code: code, operation: "start", subject: executable) }
        return ChildProcess(id: id)
    }

    /// Sends a signal, unless the end was already seen.
    package func signal(_ number: Int32) {
        end.withLock { end in
            if end == nil { _ = kill(id, number) }
        }
    }

    /// Waits for the end; later calls answer at once.
    package func wait() -> End {
        // First without reaping, so that the id stays ours while signal(_:) may still use it.
        var info = unsafe siginfo_t()
        while unsafe waitid(P_PID, id_t(id), &info, WEXITED | WNOWAIT) != 0, errno == EINTR {}
        return end.withLock { end in
            if let end { return end }
            var status: Int32 = 0
            while unsafe waitpid(id, &status, 0) < 0, errno == EINTR {}
            let seen = End(status: status)
            end = seen
            return seen
        }
    }
}

/// Terminated strings in a terminated list, as `exec` wants them.
@safe private struct CStringList: ~Copyable {
    // Allocated in init, freed in deinit, and only lent meanwhile.
    let pointers: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
    private let count: Int

    init(_ strings: [some HostPath]) throws(SystemError) {
        var texts: [[CChar]] = []
        for string in strings {
            // Without the string, which may be a secret.
            if string.pathBytes.contains(0) {
                throw SystemError(code: EINVAL, operation: "pass a string with a NUL byte")
            }
            texts.append(try string.terminated(for: "pass a string"))
        }
        unsafe pointers = .allocate(capacity: texts.count + 1)
        count = texts.count
        for (index, text) in texts.enumerated() {
            unsafe (pointers + index).initialize(to: strdup(text))
        }
        unsafe (pointers + count).initialize(to: nil)
    }

    deinit {
        for index in 0..<count { unsafe free(pointers[index]) }
        unsafe pointers.deallocate()
    }
}
