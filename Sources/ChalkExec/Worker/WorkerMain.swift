internal import ChalkOCI
internal import ChalkSystem

/// The worker's `main`, in three processes.
///
/// The *keeper* is what the launcher started. It makes the namespaces, then only waits: for the end of the
/// second process, or for a signal that says to stop (the launcher's, or the kernel's when the launcher's process
/// has ended), upon which it kills the second one, and removes the step's cgroups. The *inner* process is the
/// first one of the new process namespace; it does the job, and when it ends the kernel ends every process and
/// mount of the job. Without root a third, short-lived one calls `newuidmap` from outside the new user namespace.
///
/// For one more process in a container, the keeper enters that container's namespaces instead of making some, and the
/// second process is a guest there: it ends its process when the keeper has gone, and is not killed before.
package enum WorkerMain {
    /// The hidden first argument.
    package static let argument = "__chalk-worker"

    /// Does a worker's job if the arguments ask for it; nil means that this is an ordinary start.
    ///
    /// Call it first in `main`, before anything can start a thread or task: a process with threads cannot enter a
    /// user namespace. The result is the status to exit with.
    package static func runIfRequested(arguments: [String], layerWork: any LayerWork) -> Int32? {
        guard arguments.count == 4, arguments[1] == argument, let parent = Int32(arguments[2]),
            let inputs = Int32(arguments[3]), inputs >= 0
        else { return nil }
        do {
            let keeper = Keeper(
                parent: parent, firstFree: WorkerDescriptor.firstInput + inputs, layerWork: layerWork)
            try keeper.run()
            return 0
        } catch {
            return 1
        }
    }
}

private struct Keeper {
    let parent: Int32
    let firstFree: Int32
    let layerWork: any LayerWork

    private static let stops = [Signals.terminate, Signals.interrupt, Signals.hangup]

    func run() throws {
        try watchParent()
        try CurrentProcess.closeDescriptors(firstFree...Int32.max)
        CurrentProcess.setFileModeMask(0o022)
        // While every lower number is taken: the inner process is held by this pipe.
        var lifeline = try Pipe()
        let held = try lifeline.takeWriteEnd()
        let watched = FileStream(try lifeline.takeReadEnd())
        let answers = AnswerWriter(try WorkerDescriptor.take(WorkerDescriptor.answers))
        do {
            let document = try WorkerDescriptor.take(WorkerDescriptor.job).readToEnd(limit: 1 << 28)
            let job = try JSON.parse(document)
            Signals.block(Keeper.stops + [Signals.childEnded])
            let rootless = WorkerLauncher.isRootless
            let joined = try job["joined"].map { try ContainerPlace(json: $0) }
            var cgroup: Cgroup?
            if let joined {
                try joined.enter()
            } else {
                if !rootless { cgroup = Cgroup(name: job["cgroup"]?.string ?? Cgroup.randomName()) }
                try enterNamespaces(rootless: rootless, searchPath: try job.field("searchPath").asString())
            }
            try watchParent()

            let inner = try CurrentProcess.fork()
            if inner == 0 {
                _ = consume held
                if joined == nil { try Signals.whenParentEnds(send: Signals.kill) }
                if Readiness.hasHungUp(watched.descriptor) { CurrentProcess.exit(1) }
                let work = InnerWork(
                    rootless: rootless, cgroup: cgroup, layerWork: layerWork, lifeline: watched)
                return Thread.runForked {
                    Signals.unblockAll()
                    work.run(job, answers: answers)
                }
            }
            if job["isContainer"]?.bool == true {
                try answers.note(.object([.init("inner", .integer(Int64(inner)))]))
            }
            // From here on the inner process alone speaks; a descriptor held here would hide its end.
            try CurrentProcess.closeDescriptors(WorkerDescriptor.job...(firstFree - 1))
            awaitEnd(of: inner, isGuest: joined != nil)
            cgroup?.remove()
            _ = consume held
        } catch {
            try answers.error(ExecError.wrapping(error, .system, doing: "set up the worker"))
        }
    }

    private func watchParent() throws {
        try Signals.whenParentEnds(send: Signals.terminate)
        if CurrentProcess.parentID != parent { CurrentProcess.exit(1) }
    }

    private func awaitEnd(of inner: Int32, isGuest: Bool) {
        while true {
            if Signals.wait(for: Keeper.stops + [Signals.childEnded]) != Signals.childEnded {
                if isGuest { return }
                CurrentProcess.signalChild(inner, Signals.kill)
                _ = try? CurrentProcess.waitForChild(inner)
                return
            }
            // The end of any child; another than the inner process is no reason to stop.
            if (try? CurrentProcess.endOfChild(inner)) != nil { return }
        }
    }

    private func enterNamespaces(rootless: Bool, searchPath: String) throws {
        guard rootless else {
            do {
                return try Namespaces.unshare([.mounts, .processes])
            } catch {
                throw ExecError(
                    .noNamespaces,
                    "cannot run steps as root here: making a mount namespace failed (\(error.reason));"
                        + " give the surrounding container CAP_SYS_ADMIN, or run as a user that can make"
                        + " user namespaces")
            }
        }
        let map = try IDMap(searchPath: searchPath)
        try map.enter()
    }
}
