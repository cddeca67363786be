internal import ChalkOCI
internal import ChalkSystem

/// The job itself, in the first process of the worker's process namespace.
struct InnerWork: Sendable {
    let rootless: Bool
    let cgroup: Cgroup?
    let layerWork: any LayerWork
    /// Is at its end when the keeper is gone.
    let lifeline: FileStream

    /// Does the job and answers. Nobody is left to hear of an answer that cannot be written.
    func run(_ job: JSON, answers: AnswerWriter) {
        do {
            let job = try WorkerJob(json: job)
            // Who joins a container finds everything settled.
            if case .exec = job {} else { try settle() }
            try answers.answer(try perform(job, answers: answers))
        } catch {
            try? answers.error(ExecError.wrapping(error, .system, doing: "work"))
        }
    }

    /// Cuts the mounts off from the host's and shows only this namespace's processes.
    private func settle() throws {
        try Mount.mount("none", on: "/", type: "", [.recursive, .isolated])
        do {
            try Mount.mount("proc", on: "/proc", type: "proc", [.noSetUID, .noDevices, .noExecution])
        } catch {
            throw ExecError(
                .mountFailed,
                "cannot mount /proc for the worker: \(error.reason); where chalk-image itself runs in a"
                    + " container, that container must show all of /proc (docker: --security-opt"
                    + " systempaths=unconfined)")
        }
    }

    private func perform(_ job: WorkerJob, answers: AnswerWriter) throws -> JSON {
        switch job {
        case .run(let request, let place, let runtime, let terminal, let isContainer):
            let run = StepRun(
                request: request, place: place, runtime: runtime, terminal: terminal,
                isContainer: isContainer, rootless: rootless, cgroup: cgroup, layerWork: layerWork)
            return try run.perform(answers: answers)
        case .exec(let request, let place):
            return try ExecRun(request: request, place: place, lifeline: lifeline).perform(answers: answers)
        case .unpack(let layers, let home, let lowers):
            return try UnpackedStack(
                layers: layers, home: home, lowers: lowers, userXattr: rootless, layerWork: layerWork
            ).unpack(answers: answers)
        case .writeLayer(let upper, let lowers, let request):
            return try InnerWork.writeLayer(layerWork, upper: upper, lowers: lowers, request: request)
        case .removeTrees(let names, let directory):
            let parent = try FileDescriptor.directory(directory)
            for name in names { try parent.removeTree(name) }
            return .null
        }
    }

    static func writeLayer(
        _ work: any LayerWork, upper: String, lowers: [String], request: JSON
    ) throws -> JSON {
        do {
            let sink = FileStream(try WorkerDescriptor.take(WorkerDescriptor.layer))
            let directory = try FileDescriptor.directory(upper)
            return try work.writeLayer(upper: directory, lowers: lowers, request: request, to: sink)
        } catch {
            throw ExecError(.layerFailed, "cannot write the step's changes as a layer: \(error)")
        }
    }
}
