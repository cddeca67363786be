internal import ChalkOCI
package import ChalkSystem

extension ContainerExecutor {
    /// What a further process is run with beside the request.
    package struct ExecSurroundings {
        /// Where ``ProcessSignal``s for it come from; borrowed.
        package var control: Int32
        /// Standard input; borrowed.
        package var input: Int32
        /// Takes what it writes; nil lets it write to this process' own outputs.
        package var output: ((StepOutput) throws -> Void)?
        /// Called once when it has started, with what the container calls it.
        package var started: (Int32) throws -> Void = { _ in }

        /// Surroundings from the parts that every process has.
        package init(control: Int32, input: Int32) {
            self.control = control
            self.input = input
        }
    }

    /// Runs one more process in a container and waits for its end, or, of a detached one, for its start.
    ///
    /// Where this process is killed, or the work cancelled, the process there is killed as well.
    /// - Throws: ``ExecError``, `Cancellation.Cancelled`, or what one of the closures threw.
    package func exec(
        _ request: ExecRequest, in place: ContainerPlace, _ surroundings: ExecSurroundings,
        cancellation: Cancellation
    ) throws -> ChildProcess.End {
        var streams = WorkerLauncher.Streams()
        // Nobody is left to take what it writes.
        streams.isSilent = request.isDetached
        streams.output = request.isDetached ? nil : surroundings.output
        if request.terminal {
            streams.usesOwnInput = true
        } else {
            streams.input = surroundings.input
        }
        streams.note = { note in
            if let id = note["pid"]?.integer { try surroundings.started(Int32(truncatingIfNeeded: id)) }
        }
        let answer = try snapshots.worker.run(
            .exec(request, in: place), inputs: [surroundings.control], streams: streams,
            cancellation: cancellation)
        return try ChildProcess.End(json: try answer.field("status"))
    }
}
