import Glibc

/// Runs pipelines and says what they cost.
struct Stopwatch {
    /// Where commands' standard error goes, and their output where it is not wanted.
    let log: String

    /// Seconds on the wall from the first start to the last end, and the rest of the cost.
    ///
    /// - Throws: when a command cannot be started or fails, with the end of what it said.
    func time(_ pipelines: [Pipeline]) throws -> (wall: Double, cost: Cost) {
        ProcessCounters.forgetPeak(getpid())
        var cost = Cost.nothing
        let start = ContinuousClock.now
        for pipeline in pipelines { cost = cost.then(try run(pipeline)) }
        return ((ContinuousClock.now - start).inSeconds, cost)
    }

    /// Runs one pipeline to its end.
    @discardableResult func run(_ pipeline: Pipeline) throws -> Cost {
        let said = try Descriptor.open(log, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND)
        var input = try Descriptor.open(pipeline.input ?? "/dev/null", O_RDONLY)
        let output =
            if let path = pipeline.output { try Descriptor.open(path, O_WRONLY | O_CREAT | O_TRUNC) } else {
                said
            }
        var running: [RunningProcess] = []
        var failure: (any Error)?
        for (index, command) in pipeline.commands.enumerated() {
            do {
                let last = index == pipeline.commands.count - 1
                let next = last ? nil : try Descriptor.pipe()
                running.append(
                    try .start(
                        command, input: input.number, output: next?.write.number ?? output.number,
                        errors: said.number))
                if let next { input = next.read }
            } catch {
                failure = error
                break
            }
        }
        // The first command must see that nobody reads when a later one could not start.
        input = said
        var cost = Cost.nothing
        var failed: [String] = []
        for (process, command) in zip(running, pipeline.commands) {
            let (success, its) = process.wait()
            cost = cost.beside(its)
            if !success { failed.append(command.words[0]) }
        }
        if let failure { throw failure }
        if !failed.isEmpty {
            let end = (try? Files.text(log))?.suffix(600) ?? ""
            throw BenchError("\(failed.joined(separator: ", ")) failed in `\(pipeline.text)`: \(end)")
        }
        return cost
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
