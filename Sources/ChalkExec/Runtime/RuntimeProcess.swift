internal import ChalkOCI
internal import ChalkSystem

/// The OCI runtime at work on a bundle, from inside the worker.
struct RuntimeProcess {
    let runtime: String
    /// Path of the bundle, which is in memory; the runtime's state and log are put there too.
    let bundle: String
    /// Whether the runtime stays and passes a terminal on.
    let terminal: Bool
    /// What is started, in words.
    enum Role: String {
        case step = "the step"
        case container = "the container"
        case program = "the program"
    }

    /// What is started.
    var role = Role.step
    /// The file in the bundle that describes one more process for what runs already; nil to run the bundle.
    var exec: String?

    private var prefix: String { "\(bundle)/\(exec.map { "\($0)." } ?? "")" }
    private var log: String { prefix + "log" }
    private var processFile: String { prefix + "pid" }

    /// The names of an additional process' files in the bundle.
    func files(of exec: String) -> [String] { [exec, "\(exec).log", "\(exec).pid"] }

    /// Starts the bundle's process with this process' standard input and the worker's two outputs, and waits.
    ///
    /// The runtime detaches: the step then writes into the launcher's pipes itself, and as this process is the
    /// first of its process namespace the step becomes its child, whose true end it sees.
    func run(_ watch: ProcessWatch, _ answers: AnswerWriter) throws -> ChildProcess.End {
        let child = try spawn()
        if terminal {
            let end = try watch.end(ofRuntime: child, processFile: processFile, answers)
            if let reason = messages(level: "error").last { throw failure(reason) }
            return end
        }
        return try watch.end(of: try process(from: child), answers)
    }

    /// The same for a process that nobody waits for.
    func start() throws {
        _ = try process(from: try spawn())
    }

    private func spawn() throws -> ChildProcess {
        let output = try WorkerDescriptor.take(WorkerDescriptor.output)
        let errors = try WorkerDescriptor.take(WorkerDescriptor.errors)
        var words = [runtime, "--root", bundle + "/state", "--log", log, "--log-format", "json"]
        words += exec.map { ["exec", "--process", "\(bundle)/\($0)"] } ?? ["run", "--bundle", bundle]
        words += ["--pid-file", processFile] + (terminal ? [] : ["--detach"])
        do {
            return try ChildProcess.spawn(
                runtime, arguments: words + ["step"], environment: ["PATH=\(StepEnvironment.defaultPath)"],
                descriptors: [
                    .init(0, as: 0), .init(output.raw, as: 1), .init(errors.raw, as: 2),
                ], session: .shared)
        } catch {
            throw ExecError(
                .runtimeFailed, "cannot start \(role.rawValue): \(name) does not run (\(error.reason))")
        }
    }

    private func process(from child: ChildProcess) throws -> Int32 {
        let end = child.wait()
        guard end.isSuccess else {
            throw failure(messages(level: "error").last ?? "it ended with status \(end.shellStatus)")
        }
        guard let step = ProcessWatch.process(in: processFile) else {
            throw failure("it did not say which process it started")
        }
        return step
    }

    /// What the runtime warned about.
    func warnings() -> [String] { messages(level: "warning") }

    private var name: String { PathText.name(of: runtime) }

    private func failure(_ reason: String) -> ExecError {
        let code = role == .step ? ExecError.Code.runtimeFailed : RuntimeWords.code(of: reason)
        return ExecError(code, "cannot start \(role.rawValue): \(name) says: \(reason)")
    }

    private func messages(level: String) -> [String] {
        let text = (try? FileSystem.read(log, limit: 1 << 20)) ?? []
        return text.split(separator: 0x0A).compactMap { line in
            guard let entry = try? JSON.parse(Array(line)), entry["level"]?.string == level else {
                return nil
            }
            return entry["msg"]?.string
        }
    }
}

/// What the words of a runtime mean; there is nothing else to know it from.
enum RuntimeWords {
    /// Whether the program was not there, or is none, or something else is wrong.
    static func code(of reason: String) -> ExecError.Code {
        let words = reason.lowercased()
        guard words.contains("exec") else { return .runtimeFailed }
        if words.contains("not found in $path") { return .programMissing }
        let isAboutProgram = words.contains("exec: \"") || words.contains("executable")
        if words.contains("exec format error") || isAboutProgram && words.contains("permission denied") {
            return .programRefused
        }
        if isAboutProgram, words.contains("no such file or directory") { return .programMissing }
        return .runtimeFailed
    }
}
