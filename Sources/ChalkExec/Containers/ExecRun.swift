internal import ChalkOCI
internal import ChalkSystem

/// One more process in a container, from inside the worker, which has entered the container's surroundings.
///
/// Its variables, user and capabilities are those of the container's bundle, which is in memory there: so secrets are
/// among the variables, and are nowhere else.
struct ExecRun {
    let request: ExecRequest
    let place: ContainerPlace
    let lifeline: FileStream

    /// Runs the process; the answer is read by ``ContainerExecutor``.
    func perform(answers: AnswerWriter) throws -> JSON {
        // The process loses its parent, the runtime, and must come to this one.
        try CurrentProcess.adoptDescendants()
        let name = "exec-" + RandomName.make()
        let directory = try FileDescriptor.directory(place.bundle)
        let bundle = try JSON.parse(try FileSystem.read(place.bundle + "/config.json", limit: 1 << 24))
        let process = try process(of: try bundle.field("process"))
        let mounts = try bundle.field("mounts").asArray().compactMap { $0["destination"]?.string }
        try ProgramCheck(root: place.bundle + "/rootfs", mounts: mounts).check(
            request.arguments, try process.field("env").asStrings(),
            workingDirectory: try process.field("cwd").asString())
        try directory.open(name, [.writeOnly, .create, .exclusive], mode: 0o600).write(process.canonical())
        let runtime = RuntimeProcess(
            runtime: place.runtime, bundle: place.bundle, terminal: request.terminal,
            role: .program, exec: name)
        defer { for file in runtime.files(of: name) { try? directory.removeFile(file) } }

        var watch = ProcessWatch()
        watch.control = FileStream(try WorkerDescriptor.take(WorkerDescriptor.firstInput))
        watch.lifeline = lifeline
        if request.isDetached {
            try runtime.start()
            return .object([.init("status", ChildProcess.End.exited(0).json)])
        }
        return .object([.init("status", try runtime.run(watch, answers).json)])
    }

    /// The container's `process` with what the request says otherwise (runtime-spec, config.md).
    private func process(of container: JSON) throws -> JSON {
        var members = container.members ?? []
        func set(_ name: String, _ value: JSON) {
            members.removeAll { $0.name == name }
            members.append(.init(name, value))
        }
        var list = VariableList(try container.field("env").asStrings())
        set("terminal", .bool(request.terminal))
        set("args", .strings(request.arguments))
        if let directory = request.workingDirectory { set("cwd", .string(directory)) }
        if let text = request.user {
            let view = try RootView(path: place.bundle + "/rootfs")
            let user = try StepUser(
                text, passwd: try view.read("/etc/passwd", limit: 1 << 26) ?? [],
                group: try view.read("/etc/group", limit: 1 << 26) ?? [])
            set("user", RuntimeBundle.user(user))
            list.set("HOME=\(user.home)")
        }
        for variable in request.environment { list.set(variable) }
        set("env", .strings(list.variables))
        return .object(members)
    }
}

/// Variables, each name once, in the order in which they came.
struct VariableList {
    /// `NAME=value`.
    private(set) var variables: [String]

    /// A list of variables whose names are there once.
    init(_ variables: [String] = []) { self.variables = variables }

    /// Sets `NAME=value` where the name is; unless another value stays.
    mutating func set(_ variable: String, replacing: Bool = true) {
        func name(_ variable: String) -> Substring { variable.prefix { $0 != "=" } }
        if let index = variables.firstIndex(where: { name($0) == name(variable) }) {
            if replacing { variables[index] = variable }
        } else {
            variables.append(variable)
        }
    }
}
