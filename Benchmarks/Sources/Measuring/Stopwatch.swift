import Glibc

/// Runs pipelines and says what they cost.
struct Stopwatch {
    /// Where commands' standard error goes, and their output where it is not wanted.
    let log: String

    /// Seconds on the wall that the pipelines ran, one after the other, and the rest of the cost.
    ///
    /// - Throws: when a command cannot be started or fails, with the end of what it said.
    func time(_ pipelines: [Pipeline]) throws -> (wall: Double, cost: Cost) {
        ProcessCounters.forgetPeak(getpid())
        var wall = 0.0
        var cost = Cost.nothing
        for pipeline in pipelines {
            let ran = try run(pipeline)
            wall += ran.wall
            cost = cost.then(ran.cost)
        }
        return (wall, cost)
    }

    /// Runs one pipeline, from the first start to the last end.
    @discardableResult func run(_ pipeline: Pipeline) throws -> (wall: Double, cost: Cost) {
        let said = try Descriptor.open(log, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND)
        let input = try Descriptor.open(pipeline.input ?? "/dev/null", O_RDONLY)
        let output = try pipeline.output.map { try Descriptor.open($0, O_WRONLY | O_CREAT | O_TRUNC) } ?? said
        let start = ContinuousClock.now
        let (running, failure) = launch(pipeline.commands, input, output, said)

        var end = start
        var cost = Cost.nothing
        var failed: [String] = []
        for (process, command) in zip(running, pipeline.commands) {
            let ended = process.wait()
            end = max(end, ended.end)
            cost = cost.beside(ended.cost)
            if !ended.success { failed.append(command.words[0]) }
        }
        if let failure { throw failure }
        if !failed.isEmpty {
            let end = (try? Files.text(log))?.suffix(600) ?? ""
            throw BenchError("\(failed.joined(separator: ", ")) failed in `\(pipeline.text)`: \(end)")
        }
        return ((end - start).inSeconds, cost)
    }

    /// Starts the commands, each reading what the one before writes; stops at the first that cannot be started.
    private func launch(
        _ commands: [Command], _ input: Descriptor, _ output: Descriptor, _ said: Descriptor
    ) -> (running: [RunningProcess], failure: (any Error)?) {
        var input = input
        var running: [RunningProcess] = []
        for (index, command) in commands.enumerated() {
            do {
                let next = index == commands.count - 1 ? nil : try Descriptor.pipe()
                let writes = next?.write ?? output
                // Open until the child has them, and here no longer: a reader waits for the last writer to go.
                try withExtendedLifetime((input, writes, said)) {
                    running.append(
                        try .start(command, input: input.number, output: writes.number, errors: said.number))
                }
                if let next { input = next.read }
            } catch {
                return (running, error)
            }
        }
        return (running, nil)
    }

    /// What a pipeline writes to its standard output.
    func output(of command: Command) throws -> String {
        let file = log + ".out"
        try run(Pipeline(command, output: file))
        defer { try? Files.remove(file) }
        return try Files.text(file)
    }
}

/// An open descriptor that no child inherits by accident, closed with its last user.
private final class Descriptor {
    let number: Int32

    init(_ number: Int32) { self.number = number }

    deinit { close(number) }

    static func open(_ path: String, _ flags: Int32) throws -> Descriptor {
        let number = unsafe Glibc.open(path, flags | O_CLOEXEC, 0o644)
        if number < 0 { throw BenchError.last("open \(path)") }
        return Descriptor(number)
    }

    static func pipe() throws -> (read: Descriptor, write: Descriptor) {
        var ends: [Int32] = [0, 0]
        if unsafe Glibc.pipe(&ends) != 0 { throw BenchError.last("make a pipe") }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (Descriptor(ends[0]), Descriptor(ends[1]))
    }
}

extension Duration {
    /// As a number of seconds.
    var inSeconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1_000_000_000_000_000_000
    }
}
