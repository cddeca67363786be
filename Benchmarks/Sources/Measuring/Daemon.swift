import Glibc

/// A program that serves while others are measured; it ends with this object, or with the bench, whatever ends that.
final class Daemon {
    private let process: RunningProcess
    private let name: String
    private let log: String
    private var before = Cost.nothing

    /// Starts it. `log` gets what it says.
    init(_ words: [String], log: String) throws {
        name = words.first ?? ""
        self.log = log
        let quiet = unsafe open("/dev/null", O_RDONLY | O_CLOEXEC)
        let said = unsafe open(log, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_APPEND, 0o644)
        defer {
            close(quiet)
            close(said)
        }
        // setpriv has the kernel end it when this process dies.
        let tied = Command(["setpriv", "--pdeathsig", "KILL", "--"] + words)
        process = try .start(tied, input: quiet, output: said, errors: said)
    }

    deinit {
        kill(process.id, SIGTERM)
        for _ in 0..<500 where !ended { usleep(10_000) }
        kill(process.id, SIGKILL)
        _ = process.wait()
    }

    private var ended: Bool {
        var info = unsafe siginfo_t()
        let looked = unsafe waitid(P_PID, id_t(process.id), &info, WEXITED | WNOWAIT | WNOHANG)
        return unsafe looked == 0 && info.si_signo == SIGCHLD
    }

    /// Waits until it answers, half a minute at most.
    func wait(until ready: () -> Bool) throws {
        for _ in 0..<3_000 {
            if ready() { return }
            if ended { break }
            usleep(10_000)
        }
        throw BenchError("\(name) did not start: \((try? Files.text(log))?.suffix(600) ?? "")")
    }

    /// Starts counting.
    func mark() {
        ProcessCounters.forgetPeak(process.id)
        before = counted
    }

    /// The cost since `mark`.
    var cost: Cost {
        let now = counted
        var written: Int?
        if let earlier = before.written, let later = now.written { written = later - earlier }
        return Cost(cpu: now.cpu - before.cpu, peak: now.peak, written: written)
    }

    private var counted: Cost {
        Cost(
            cpu: ProcessCounters.cpu(process.id) ?? 0, peak: ProcessCounters.peak(process.id) ?? 0,
            written: ProcessCounters.written(process.id))
    }
}
