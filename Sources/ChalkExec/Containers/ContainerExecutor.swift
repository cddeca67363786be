internal import ChalkOCI
package import ChalkSystem

/// Runs containers, and more processes in them, each through a worker of its own.
package struct ContainerExecutor: Sendable {
    let snapshots: SnapshotStore

    /// An executor whose changes live beside the snapshots.
    package init(snapshots: SnapshotStore) {
        self.snapshots = snapshots
    }

    /// What a container is run with beside the request.
    package struct Surroundings {
        /// The path of the OCI runtime.
        package var runtime: String
        /// The name of its control group.
        package var cgroup: String
        /// Where ``ProcessSignal``s for it come from; borrowed, and never at its end.
        package var control: Int32
        /// Standard input; borrowed.
        package var input: Int32
        /// Whether standard input is a terminal, this process' own, to be passed on.
        package var terminal = false
        /// Takes what it writes; nil lets it write to this process' own outputs.
        package var output: ((StepOutput) throws -> Void)?
        /// Called once, when its process has started.
        package var started: (Start) throws -> Void = { _ in }

        /// Surroundings from the parts that every container has.
        package init(runtime: String, cgroup: String, control: Int32, input: Int32) {
            self.runtime = runtime
            self.cgroup = cgroup
            self.control = control
            self.input = input
        }
    }

    /// A container whose process has started.
    package struct Start: Hashable, Sendable {
        /// Where it is found.
        package let place: ContainerPlace
        /// Its process; nil where the kernel does not tell.
        package let process: ProcessMark?
    }

    /// How a container ended.
    package struct End: Hashable, Sendable {
        /// Exit status or signal.
        package let process: ChildProcess.End
        /// Whether the kernel has killed something in it because its memory was used up.
        package let ranOutOfMemory: Bool
    }

    /// Runs a container and waits for its end.
    ///
    /// When this returns or throws, no process, mount or control group of it is left, and no change on the disk.
    /// - Throws: ``ExecError``, `Cancellation.Cancelled`, or what one of the closures threw.
    package func run(
        _ request: StepRequest, _ surroundings: Surroundings, cancellation: Cancellation
    ) throws -> End {
        _ = try? snapshots.sweep()
        let place = try WorkPlace.make(in: snapshots.home, worker: snapshots.worker)
        defer { try? place.remove() }
        let inner = InnerProcess()
        // Whoever killed the keeper, the second process dies with it, but maybe not this very moment.
        defer { inner.awaitEnd(cgroup: surroundings.cgroup) }
        var streams = WorkerLauncher.Streams()
        streams.output = surroundings.output
        if surroundings.terminal {
            streams.usesOwnInput = true
        } else {
            streams.input = surroundings.input
        }
        streams.note = { note in
            if let id = note["inner"]?.integer { inner.mark = ProcessMark(of: Int32(truncatingIfNeeded: id)) }
            guard let id = note["started"]?.integer, let mark = inner.mark else { return }
            let found = ContainerPlace(inner: mark, path: place.path, runtime: surroundings.runtime)
            try surroundings.started(
                Start(place: found, process: mark.child(called: Int32(truncatingIfNeeded: id))))
        }
        let answer = try snapshots.worker.run(
            .run(
                request, place: place.path, runtime: surroundings.runtime, terminal: surroundings.terminal,
                isContainer: true), cgroup: surroundings.cgroup, inputs: [surroundings.control],
            streams: streams, cancellation: cancellation)
        return End(
            process: try ChildProcess.End(json: try answer.field("status")),
            ranOutOfMemory: answer["outOfMemory"]?.bool ?? false)
    }

    /// Ends what a container whose supervisor was killed may still have, which is on its way out already.
    package func clear(_ place: ContainerPlace?, cgroup: String) {
        let inner = InnerProcess()
        inner.mark = place?.inner
        inner.awaitEnd(cgroup: cgroup)
        _ = try? snapshots.sweep()
    }
}

/// The second process of a worker, seen from outside.
private final class InnerProcess {
    var mark: ProcessMark?

    /// Ends it if it is still there, and removes the control groups, from which all processes have gone then.
    func awaitEnd(cgroup: String) {
        if let mark, let handle = ProcessHandle.find(mark) {
            handle.signal(Signals.kill)
            _ = try? handle.waitForEnd()
        }
        Cgroup(name: cgroup).remove()
    }
}
