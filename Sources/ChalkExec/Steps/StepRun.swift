internal import ChalkOCI
internal import ChalkSystem

/// One step, from inside the worker: mounts, bundle, runtime, and the layer where one is wanted.
struct StepRun {
    let request: StepRequest
    /// Path of the ``WorkPlace``.
    let place: String
    let runtime: String
    let terminal: Bool
    /// Whether somebody watches it: it takes signals and says when it has started.
    let isContainer: Bool
    let rootless: Bool
    let cgroup: Cgroup?
    let layerWork: any LayerWork

    private var bundle: String { place + "/bundle" }
    private var root: String { bundle + "/rootfs" }
    private var overlay: OverlayMount { OverlayMount(names: bundle + "/names", userXattr: rootless) }

    /// Runs the step; the answer is read by ``StepExecutor``.
    func perform(answers: AnswerWriter) throws -> JSON {
        try Cgroup.check(request.limits, of: cgroup)
        try Cgroup.hideHybridHierarchy(from: runtime, rootless: rootless)
        // The bundle, the runtime's state and the secrets are in memory that only this process' mounts show.
        try Mount.mount("tmpfs", on: bundle, type: "tmpfs", [.noSetUID, .noDevices], options: "mode=0700")
        let directory = try FileDescriptor.directory(bundle)
        for name in ["rootfs", "names", "scratch", "trees", "view"] {
            try directory.makeDirectory(name, mode: 0o755)
        }

        var points = MountPointsOwner(try MountPoints(view: try view(), layer: place + "/under"))
        let workshop = TreeWorkshop(overlay: overlay, changes: place + "/trees", mounts: bundle + "/trees")
        let table = try StepMountTable(
            request, points: &points.value, scratch: bundle + "/scratch", workshop: workshop)
        let user = try StepUser(
            request.user, passwd: try points.value.read("/etc/passwd", limit: 1 << 26) ?? [],
            group: try points.value.read("/etc/group", limit: 1 << 26) ?? [])
        let made = points.value.made.sorted()
        let usesUnder = try points.finish() || request.lowers.isEmpty
        if request.lowers.count > 1 { try Mount.detach(bundle + "/view") }

        try copyRootAttributes()
        try overlay.mount(
            lowers: (usesUnder ? [place + "/under"] : []) + request.lowers, upper: place + "/upper",
            work: place + "/work", on: root)
        let cwd = try workingDirectory(owner: user)
        let environment = StepEnvironment.variables(request, home: user.home, mounts: table.environment)
        if isContainer {
            try ProgramCheck(root: root, mounts: table.entries.map(\.destination)).check(
                request.arguments, environment, workingDirectory: cwd)
        }

        let config = RuntimeBundle(
            root: root, arguments: request.arguments, environment: environment, workingDirectory: cwd,
            uid: user.uid, gid: user.gid,
            groups: user.allGroups, hostname: request.hostname, ownNetwork: request.network == .none,
            rootless: rootless,
            capabilities: try capabilities(), mounts: table.entries, cgroupPath: cgroup?.path,
            terminal: terminal, limits: request.limits
        ).config
        try directory.open("config.json", [.writeOnly, .create, .exclusive], mode: 0o600)
            .write(config.canonical())

        let process = RuntimeProcess(
            runtime: runtime, bundle: bundle, terminal: terminal,
            role: isContainer ? .container : .step)
        var watch = ProcessWatch()
        if isContainer {
            watch.control = FileStream(try WorkerDescriptor.take(WorkerDescriptor.firstInput))
        }
        let end = try process.run(watch, answers)
        var layer: JSON?
        if end.isSuccess, let request = request.layer {
            try Mount.detach(root)
            layer = try InnerWork.writeLayer(
                layerWork, upper: place + "/upper", lowers: self.request.lowers, request: request)
        }
        return .object(present: [
            ("status", end.json), ("engineMadePaths", .strings(made)),
            ("warnings", .strings(process.warnings())), ("layer", layer),
            ("outOfMemory", .bool(isContainer && cgroup?.ranOutOfMemory() ?? false)),
        ])
    }

    /// The layers below the step, before anything is added.
    private func view() throws -> RootView {
        switch request.lowers.count {
        case 0: return try RootView(path: place + "/under")
        case 1: return try RootView(path: request.lowers[0])
        default:
            try overlay.mount(lowers: request.lowers, on: bundle + "/view")
            return try RootView(path: bundle + "/view")
        }
    }

    /// The root directory that the step sees is that of its changes: it starts as the one below.
    private func copyRootAttributes() throws {
        let under = try FileSystem.status(place + "/under")
        let upper = try FileDescriptor.directory(place + "/upper")
        guard try upper.entries().isEmpty else { return }
        try upper.changeMode(under.mode, of: ".")
        try upper.changeOwner(uid: under.uid, gid: under.gid, of: ".")
        try upper.changeTime(under.modified, of: ".")
    }

    private func workingDirectory(owner: StepUser) throws -> String {
        let wanted = request.workingDirectory.isEmpty ? "/" : request.workingDirectory
        guard wanted.hasPrefix("/") else {
            throw ExecError(
                .invalidRequest, "cannot run in \"\(wanted)\": a working directory is an absolute path")
        }
        let view = try RootView(path: root)
        let place = try view.place(of: wanted)
        if let status = place.status, status.kind != .directory {
            throw ExecError(.invalidRequest, "cannot run in \(wanted): it is no directory in the image")
        }
        try view.makeDirectories(place, mode: 0o755, uid: owner.uid, gid: owner.gid)
        return place.absolute
    }

    /// Docker's default capabilities, but none that this process could not pass on.
    private func capabilities() throws -> [String] {
        let status = try ProcessStatus()
        return RuntimeBundle.defaultCapabilities.filter { status.mayHave(capability: $0.number) }.map(\.name)
    }
}

/// Lets ``MountPoints``, which its last method consumes, be changed before.
private struct MountPointsOwner: ~Copyable {
    var value: MountPoints

    init(_ value: consuming MountPoints) { self.value = value }

    consuming func finish() throws -> Bool { try value.finish() }
}

extension ChildProcess.End {
    /// For the answer: the status, or the signal as a negative number.
    var json: JSON {
        switch self {
        case .exited(let status): .integer(Int64(status))
        case .signalled(let signal): .integer(-Int64(signal))
        }
    }

    init(json: JSON) throws {
        let number = Int32(truncatingIfNeeded: try json.asInteger())
        self = number >= 0 ? .exited(number) : .signalled(-number)
    }
}
