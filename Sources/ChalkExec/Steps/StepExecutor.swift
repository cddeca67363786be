package import ChalkOCI
package import ChalkSystem
private import Synchronization

/// Runs steps, each in a worker of its own; any number at once.
package final class StepExecutor: Sendable {
    private let snapshots: SnapshotStore
    private let runtime: RuntimeChoice
    private let hasSwept = Mutex(false)

    /// An executor whose changes live beside the snapshots.
    package init(snapshots: SnapshotStore, runtime: RuntimeChoice) {
        self.snapshots = snapshots
        self.runtime = runtime
    }

    /// Runs one step and waits for its end; a step that ends with another status than 0 is a result, not an error.
    ///
    /// The step's standard input is empty. When this returns or throws, no process and no mount of it is left.
    ///
    /// - Parameters:
    ///   - output: gets what the step writes, as it comes, on the calling thread.
    ///   - layer: gets the layer's bytes when ``StepRequest/layer`` asks for one and the step succeeds.
    ///   - cancellation: ends the step and everything it started.
    /// - Throws: ``ExecError``, `Cancellation.Cancelled`, or what `output` or `layer` threw.
    package func run(
        _ request: StepRequest, output: @escaping (StepOutput) throws -> Void, layer: (any ByteSink)? = nil,
        cancellation: Cancellation
    ) throws -> StepResult {
        try check(request)
        sweepOnce()
        let place = try WorkPlace.make(in: snapshots.home, worker: snapshots.worker)
        do {
            var streams = WorkerLauncher.Streams()
            streams.output = output
            if let layer { streams.layer = { try layer.write($0) } }
            let answer = try run(request, in: place, streams: streams, cancellation: cancellation)
            if !answer.end.isSuccess {
                if let words = request.keptAs {
                    try place.keep(KeptStep.document(request, words))
                } else {
                    try place.remove()
                }
            }
            return answer
        } catch {
            try? place.remove()
            throw error
        }
    }

    /// Runs a process on a throw-away copy of some layers, with this process' own standard input and outputs.
    ///
    /// - Parameters:
    ///   - terminal: whether standard input is a terminal to be passed on.
    ///   - kept: the name of a kept step whose changes are on top and are changed further; see ``keptSteps()``.
    package func runContainer(
        _ request: StepRequest, terminal: Bool = false, kept: String? = nil, cancellation: Cancellation
    ) throws -> ChildProcess.End {
        try check(request)
        sweepOnce()
        let place =
            if let kept {
                try WorkPlace.open(kept: kept, in: snapshots.home, worker: snapshots.worker)
            } else {
                try WorkPlace.make(in: snapshots.home, worker: snapshots.worker)
            }
        defer {
            if kept == nil { try? place.remove() }
        }
        var streams = WorkerLauncher.Streams()
        streams.usesOwnInput = true
        return try run(request, in: place, streams: streams, terminal: terminal, cancellation: cancellation)
            .end
    }

    /// Writes the changes in `upper` as a layer, as ``StepRequest/layer`` would have.
    package func writeLayer(
        of upper: String, lowers: [String], request: JSON, to sink: any ByteSink, cancellation: Cancellation
    ) throws -> JSON {
        var streams = WorkerLauncher.Streams()
        streams.layer = { try sink.write($0) }
        return try snapshots.worker.run(
            .writeLayer(upper: upper, lowers: lowers, request: request), streams: streams,
            cancellation: cancellation)
    }

    /// The names of failed steps whose changes were kept, oldest first; see ``StepRequest/keptAs``.
    package func keptSteps() throws -> [String] {
        try WorkPlace.kept(in: snapshots.home)
    }

    /// What is known of a kept step.
    package func keptStep(_ name: String) throws -> KeptStep {
        try KeptStep(name: name, document: try WorkPlace.description(kept: name, in: snapshots.home))
    }

    /// Removes a kept step; one that is in use is an error.
    package func removeKept(_ name: String) throws {
        try WorkPlace.open(kept: name, in: snapshots.home, worker: snapshots.worker).remove()
    }

    private func run(
        _ request: StepRequest, in place: WorkPlace, streams: WorkerLauncher.Streams, terminal: Bool = false,
        cancellation: Cancellation
    ) throws -> StepResult {
        let answer = try snapshots.worker.run(
            .run(request, place: place.path, runtime: try runtime.path(), terminal: terminal),
            streams: streams, cancellation: cancellation)
        return StepResult(
            end: try ChildProcess.End(json: try answer.field("status")), changes: place,
            engineMadePaths: try answer.field("engineMadePaths").asStrings(),
            warnings: try answer.field("warnings").asStrings(), layer: answer["layer"])
    }

    private func check(_ request: StepRequest) throws(ExecError) {
        func refuse(_ why: String) -> ExecError { ExecError(.invalidRequest, "cannot run the step: \(why)") }
        guard let program = request.arguments.first, !program.isEmpty else {
            throw refuse("it has no program")
        }
        let texts =
            request.arguments + request.environment + request.extraEnvironment
            + [request.workingDirectory, request.user, request.hostname]
        if texts.contains(where: { $0.utf8.contains(0) }) { throw refuse("a text holds a NUL byte") }
        for variable in request.environment + request.extraEnvironment
        where variable.utf8.first == UInt8(ascii: "=") || !variable.utf8.contains(UInt8(ascii: "=")) {
            throw refuse("a variable is not of the form NAME=value")
        }
    }

    /// The first step looks for what killed processes have left; what cannot be removed now is no reason not to run.
    private func sweepOnce() {
        let isFirst = hasSwept.withLock { swept in
            defer { swept = true }
            return !swept
        }
        if isFirst { _ = try? snapshots.sweep() }
    }
}
