internal import ChalkExec
internal import ChalkStore
package import ChalkSystem

/// How one more process is run in a container.
public struct ExecOptions: Hashable, Sendable {
    /// `NAME=value`, over the container's variables.
    public var environment: [String] = []
    /// Instead of the container's; nil for that.
    public var workingDirectory: String?
    /// `user[:group]` instead of the container's; nil for that.
    public var user: String?
    /// How long it may run; it is killed then. Nil for as long as it likes.
    public var timeout: Duration?

    /// Options that say nothing.
    public init() {}
}

extension ImageStore {
    /// Runs one more process in a container, with this process' standard input and outputs.
    ///
    /// - Parameters:
    ///   - isDetached: whether nobody waits for its end.
    ///   - relay: through which it is sent signals meanwhile.
    /// - Returns: what a shell would report.
    package func performExec(
        _ name: String, _ words: [String], _ options: ExecOptions, isTerminal: Bool = false,
        isDetached: Bool = false, relay: ExecRelay = ExecRelay(), cancellation: Cancellation
    ) throws -> Int32 {
        try ChalkError.wrap {
            var guest = try ContainerGuest(content, container: name, words, options)
            guest.request.terminal = isTerminal
            guest.request.isDetached = isDetached
            let nothing = FileStream(try FileDescriptor.open("/dev/null", .readWrite))
            let input = isDetached ? nothing.descriptor : 0
            let end = try withExtendedLifetime(nothing) {
                try guest.run(input: input, output: nil, relay, cancellation)
            }
            return end.shellStatus
        }
    }
}

/// One more process for a container: found, checked, and ready to be run.
struct ContainerGuest: Sendable {
    var request: ExecRequest
    let title: String
    private let place: ContainerPlace
    private let executor: ContainerExecutor
    private let timeout: Duration?

    init(_ store: ContentStore, container name: String, _ words: [String], _ options: ExecOptions) throws {
        let entry = try ContainerDirectory(store).find(name)
        title = entry.record.title
        guard entry.state.status == .running, let place = entry.state.place else {
            throw ChalkError.notRunning(title)
        }
        guard let program = words.first, !program.isEmpty else {
            throw ChalkError(.invalidInput, "nothing to run in the container \(title) is named")
        }
        if words.contains(where: { $0.utf8.contains(0) }) {
            throw ChalkError(.invalidInput, "what to run in the container \(title) holds a NUL byte")
        }
        for variable in options.environment
        where !variable.contains("=") || variable.hasPrefix("=") || variable.utf8.contains(0) {
            throw ChalkError(
                .invalidInput, "\"\(variable.prefix { $0 != "=" })\" is no variable: one is NAME=value")
        }
        if let directory = options.workingDirectory, !directory.hasPrefix("/") {
            throw ChalkError(
                .invalidInput, "the working directory \"\(directory)\" is not absolute")
        }
        self.place = place
        executor = ContainerExecutor(snapshots: try SnapshotAccess(store: store).snapshots)
        timeout = options.timeout
        request = ExecRequest(arguments: words)
        request.environment = options.environment
        request.workingDirectory = options.workingDirectory
        request.user = options.user
    }

    /// Runs it to its end.
    ///
    /// - Parameters:
    ///   - input: standard input, borrowed.
    ///   - output: takes what it writes; nil for this process' own outputs.
    func run(
        input: Int32, output: ((StepOutput) throws -> Void)?, _ relay: ExecRelay,
        _ cancellation: Cancellation
    ) throws -> ChildProcess.End {
        var pipe = try Pipe()
        let control = FileStream(try pipe.takeReadEnd())
        relay.connect(FileStream(try pipe.takeWriteEnd()))
        defer { relay.disconnect() }
        var surroundings = ContainerExecutor.ExecSurroundings(control: control.descriptor, input: input)
        surroundings.output = output
        let timer = Cancellation()
        defer { timer.cancel() }
        surroundings.started = { process in
            relay.note(process)
            if let timeout { relay.kill(after: timeout, unless: timer) }
        }
        let end: ChildProcess.End
        do {
            end = try withExtendedLifetime(control) {
                try executor.exec(request, in: place, surroundings, cancellation: cancellation)
            }
        } catch let error as ExecError where error.code == .workerDied {
            throw ChalkError(.failed, "the container \(title) ended meanwhile")
        }
        if relay.hasTimedOut, let timeout {
            throw ChalkError(
                .failed,
                "\(request.arguments[0]) was killed in the container \(title): it took longer than "
                    + "\(timeout / .seconds(1)) seconds")
        }
        return end
    }
}
