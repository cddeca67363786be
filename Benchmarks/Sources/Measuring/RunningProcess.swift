import Glibc

/// A started program, until somebody has waited for it.
struct RunningProcess {
    let id: pid_t

    /// Starts a program found on PATH with the given descriptors as its standard ones.
    static func start(_ command: Command, input: Int32, output: Int32, errors: Int32) throws -> RunningProcess
    {
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        for (source, target) in [(input, Int32(0)), (output, 1), (errors, 2)] {
            unsafe posix_spawn_file_actions_adddup2(&actions, source, target)
        }
        var words: [UnsafeMutablePointer<CChar>?] = unsafe command.words.map { unsafe strdup($0) } + [nil]
        var variables = unsafe environmentWords(command.environment)
        defer { unsafe (words + variables).forEach { unsafe free($0) } }
        var id: pid_t = 0
        let code = unsafe posix_spawnp(&id, command.words[0], &actions, nil, &words, &variables)
        if code != 0 {
            throw BenchError("start \(command.words[0]): \(unsafe String(cString: strerror(code)))")
        }
        return RunningProcess(id: id)
    }

    private static func environmentWords(_ added: [String: String]) -> [UnsafeMutablePointer<CChar>?] {
        var all = Environment.variables
        for (name, value) in added { all[name] = value }
        return unsafe all.sorted { $0.key < $1.key }.map { unsafe strdup("\($0.key)=\($0.value)") } + [nil]
    }

    /// Waits for the end and takes what the kernel counted.
    func wait() -> (success: Bool, end: ContinuousClock.Instant, cost: Cost) {
        // A process that has ended but is not reaped still has its counters in /proc.
        var info = unsafe siginfo_t()
        while unsafe waitid(P_PID, id_t(id), &info, WEXITED | WNOWAIT) != 0, errno == EINTR {}
        let end = ContinuousClock.now
        let written = ProcessCounters.written(id)
        var status: Int32 = 0
        var usage = rusage()
        while unsafe wait4(id, &status, 0, &usage) < 0, errno == EINTR {}
        let cpu = usage.ru_utime.inSeconds + usage.ru_stime.inSeconds
        return (status == 0, end, Cost(cpu: cpu, peak: usage.ru_maxrss * 1_024, written: written))
    }
}

extension timeval {
    fileprivate var inSeconds: Double { Double(tv_sec) + Double(tv_usec) / 1_000_000 }
}
