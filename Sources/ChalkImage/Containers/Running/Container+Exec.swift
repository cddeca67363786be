internal import ChalkExec
internal import ChalkSystem

extension Container {
    /// Runs one more process in the container and waits for its end.
    ///
    /// - Parameters:
    ///   - command: program and arguments.
    ///   - timeout: after which it is killed, which is an error.
    ///   - workdir: absolute; nil for the container's.
    ///   - env: over the container's variables.
    ///   - input: what it reads on standard input.
    public func exec(
        _ command: String..., timeout: Duration? = nil, workdir: String? = nil, env: [String: String] = [:],
        input: [UInt8] = []
    ) async throws -> ExecResult {
        var options = ExecOptions()
        options.timeout = timeout
        options.workingDirectory = workdir
        options.environment = env.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        return try await exec(command, options, input: input)
    }

    /// The same with all options.
    public func exec(
        _ command: [String], _ options: ExecOptions = ExecOptions(), input: [UInt8] = []
    ) async throws -> ExecResult {
        let process = try execStart(command, options)
        if !input.isEmpty {
            try await process.write(input)
        }
        process.closeInput()
        return try await process.wait()
    }

    /// Starts one more process in the container; what it writes comes as ``ExecProcess/events``.
    public func execStart(_ command: String...) throws -> ExecProcess {
        try execStart(command, ExecOptions())
    }

    /// The same with all options.
    public func execStart(_ command: [String], _ options: ExecOptions) throws -> ExecProcess {
        let id = try started()
        return try ChalkError.wrap {
            try ExecProcess(try ContainerGuest(store.content, container: id, command, options))
        }
    }
}

/// How a further process of a container ended, and all that it wrote.
public struct ExecResult: Hashable, Sendable {
    /// What it wrote on standard output.
    public var stdout: [UInt8] = []
    /// What it wrote on standard error.
    public var stderr: [UInt8] = []
    /// Its exit status; nil where a signal ended it.
    public var exitCode: Int32?
    /// The signal that ended it, if one did.
    public var signal: Int32?
    /// What the container called it; nil where it did not live long enough to be asked.
    public var pid: Int32?

    /// Standard output as text.
    public var stdoutText: String { String(decoding: stdout, as: UTF8.self) }
    /// Standard error as text.
    public var stderrText: String { String(decoding: stderr, as: UTF8.self) }
}

/// Something that happens to a further process of a container.
public enum ExecEvent: Hashable, Sendable {
    /// It has started; this is what the container calls it.
    case started(pid: Int32)
    /// It wrote on standard output.
    case stdout([UInt8])
    /// It wrote on standard error.
    case stderr([UInt8])
    /// It ended with a status.
    case exited(Int32)
    /// A signal ended it.
    case signalled(Int32)
}

/// A further process of a container while it runs. It is killed when the program that started it ends.
public final class ExecProcess: Sendable {
    /// What happens, in order; for one reader. It ends with the process.
    public let events: AsyncThrowingStream<ExecEvent, any Error>
    private let relay = ExecRelay()
    private let input: ProcessInput

    init(_ guest: ContainerGuest) throws {
        var pipe = try Pipe()
        let source = FileStream(try pipe.takeReadEnd())
        input = ProcessInput(try pipe.takeWriteEnd())
        let (events, feed) = AsyncThrowingStream.makeStream(of: ExecEvent.self)
        self.events = events
        // One thread for each: that which starts a worker stays with it.
        Thread.start { [relay] in
            do {
                relay.whenStarted { feed.yield(.started(pid: $0)) }
                let end = try guest.run(
                    input: source.descriptor,
                    output: { piece in
                        feed.yield(piece.stream == .output ? .stdout(piece.bytes) : .stderr(piece.bytes))
                    }, relay, Cancellation())
                withExtendedLifetime(source) {}
                switch end {
                case .exited(let status): feed.yield(.exited(status))
                case .signalled(let number): feed.yield(.signalled(number))
                }
                feed.finish()
            } catch {
                feed.finish(throwing: ChalkError(wrapping: error))
            }
        }
    }

    /// What the container calls it; nil before it has started.
    public var pid: Int32? { relay.process }

    /// Writes to its standard input; waits until it has taken it all. Where it does not read any more, nothing happens.
    public func write(_ bytes: [UInt8]) async throws {
        try await ChalkError.offload { [input] _ in try input.write(bytes) }
    }

    /// The same for text.
    public func write(_ text: String) async throws { try await write(Array(text.utf8)) }

    /// Ends its standard input.
    public func closeInput() { input.close() }

    /// Sends it a signal; false when it has not started or has ended.
    @discardableResult
    public func signal(_ number: Int32 = 15) -> Bool { relay.send(number) }

    /// Takes all that happens until its end.
    public func wait() async throws -> ExecResult {
        var result = ExecResult()
        for try await event in events {
            switch event {
            case .started(let pid): result.pid = pid
            case .stdout(let bytes): result.stdout += bytes
            case .stderr(let bytes): result.stderr += bytes
            case .exited(let status): result.exitCode = status
            case .signalled(let number): result.signal = number
            }
        }
        return result
    }
}
