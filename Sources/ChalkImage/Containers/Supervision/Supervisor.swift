internal import ChalkExec
internal import ChalkOCI
internal import ChalkStore
internal import ChalkSystem

/// Keeps one container: holds what it is mounted from, writes its log and its state, and clears up after it.
struct Supervisor {
    /// How the outside is connected.
    struct Connection {
        /// Standard input; nil for none, or one that stays open (``SupervisedJob/keepsInputOpen``).
        var input: Int32?
        /// Whether standard input is a terminal to be passed on, and nothing is logged.
        var terminal = false
        /// Whether it writes to this process' outputs.
        var isAttached = false
        /// Passes on the signals of this process.
        var relay: SignalRelay?
        /// Called once, when its process has started.
        var started: () throws -> Void = {}
    }

    let job: SupervisedJob
    /// That this process supervises it; nobody looks after it once this is gone.
    let claim: ContainerClaim

    private var record: ContainerRecord { job.record }

    /// Runs the container to its end. Where it cannot be started, nothing is left of it.
    func run(_ connection: Connection, cancellation: Cancellation) throws -> ContainerInfo.End {
        let content = try ContentStore.open(at: job.store, create: false)
        let directory = try ContainerDirectory(content)
        defer { withExtendedLifetime(claim) {} }
        var state = ContainerState()
        var attachments: [VolumeAttachment] = []
        do {
            let access = try SnapshotAccess(store: content)
            // Nobody removes a snapshot while one is held, were it an empty one.
            let held = try access.snapshot([], cancellation: cancellation)
            defer { withExtendedLifetime(held) {} }
            var request = job.request
            for volume in job.volumes {
                let attachment = try content.volumes.attach(
                    try VolumeName(volume.name), readOnly: volume.isReadOnly)
                attachments.append(attachment)
                request.mounts.append(
                    .bind(
                        source: attachment.path, destination: volume.path, readOnly: volume.isReadOnly))
            }
            let end = try execute(
                request, ContainerExecutor(snapshots: access.snapshots), directory, connection, &state,
                cancellation)
            return try finish(end, attachments, directory, state)
        } catch {
            guard state.status == .running else {
                for attachment in attachments { _ = try? attachment.detach() }
                try? directory.remove(record.id)
                throw error
            }
            let end = ContainerInfo.End(.signalled(Signals.kill), reason: "\(error)")
            let told = try finish(end, attachments, directory, state)
            if error is Cancellation.Cancelled { throw error }
            return told
        }
    }

    private func execute(
        _ request: StepRequest, _ executor: ContainerExecutor, _ directory: ContainerDirectory,
        _ connection: Connection, _ state: inout ContainerState, _ cancellation: Cancellation
    ) throws -> ContainerInfo.End {
        let path = directory.path(of: record.id)
        let control = FileStream(try ContainerControl.make(in: path))
        connection.relay?.connect(to: path)
        defer { connection.relay?.connect(to: nil) }
        let input = try SilentInput(isOpen: job.keepsInputOpen)
        var surroundings = ContainerExecutor.Surroundings(
            runtime: job.runtime, cgroup: record.cgroup, control: control.descriptor,
            input: connection.input ?? input.descriptor)
        surroundings.terminal = connection.terminal
        if !connection.terminal, !(connection.isAttached && record.isRemovedAtEnd) {
            let log = try ContainerLog(directory: path)
            let shown = connection.isAttached ? try StandardOutputs() : nil
            surroundings.output = { output in
                try log.write(output)
                try shown?.write(output)
            }
        }
        let timer = Cancellation()
        defer { timer.cancel() }
        var latest = state
        surroundings.started = { start in
            latest.status = .running
            latest.place = start.place
            latest.process = start.process
            try directory.write(latest, of: record.id)
            if let seconds = job.lifetime { Supervisor.end(path, after: .seconds(seconds), unless: timer) }
            do {
                try connection.started()
            } catch {
                // Nobody knows of it, so it has not been started.
                latest.status = .starting
                throw error
            }
        }
        defer { state = latest }
        let end = try withExtendedLifetime((control, input)) {
            try executor.run(request, surroundings, cancellation: cancellation)
        }
        return ContainerInfo.End(end.process, ranOutOfMemory: end.ranOutOfMemory)
    }

    /// Keeps what it changed in volumes and writes its end down.
    private func finish(
        _ end: ContainerInfo.End, _ attachments: [VolumeAttachment], _ directory: ContainerDirectory,
        _ state: ContainerState
    ) throws -> ContainerInfo.End {
        var reasons = [end.reason].compactMap { $0 }
        for attachment in attachments {
            do {
                try attachment.detach()
            } catch {
                reasons.append("\(error)")
            }
        }
        var state = state
        let told = ContainerInfo.End(
            exitCode: end.exitCode, signal: end.signal, ranOutOfMemory: end.ranOutOfMemory,
            reason: reasons.isEmpty ? nil : reasons.joined(separator: "; "))
        state.status = .exited
        state.finished = WallClock.seconds()
        state.end = told
        if record.isRemovedAtEnd {
            try directory.remove(record.id)
        } else {
            try directory.write(state, of: record.id)
        }
        return told
    }

    /// How long a container that is told to end has before it is killed.
    static let grace = Duration.seconds(10)

    /// Has the container end some time from now.
    static func end(_ path: String, after delay: Duration, unless timer: Cancellation) {
        Thread.start {
            do {
                try Pause.wait(delay, timer)
                try ContainerControl.send(ProcessSignal(Signals.terminate, mustBeNoticed: true), to: path)
                try Pause.wait(grace, timer)
                try ContainerControl.send(ProcessSignal(Signals.kill), to: path)
            } catch {
                // It has ended by itself.
            }
        }
    }
}

/// This process' own outputs.
private final class StandardOutputs {
    private let output: FileDescriptor
    private let errors: FileDescriptor

    init() throws {
        output = try FileDescriptor.standardOutput()
        errors = try FileDescriptor.standardError()
    }

    func write(_ piece: StepOutput) throws {
        switch piece.stream {
        case .output: try output.write(piece.bytes)
        case .errors: try errors.write(piece.bytes)
        }
    }
}

/// A standard input on which nothing comes.
private final class SilentInput {
    private let stream: FileStream
    private let far: FileStream?

    /// - Parameter isOpen: whether a reader waits; else it finds the end.
    init(isOpen: Bool) throws {
        guard isOpen else {
            stream = FileStream(try FileDescriptor.open("/dev/null"))
            far = nil
            return
        }
        var pipe = try Pipe()
        stream = FileStream(try pipe.takeReadEnd())
        far = FileStream(try pipe.takeWriteEnd())
    }

    var descriptor: Int32 { stream.descriptor }
}
