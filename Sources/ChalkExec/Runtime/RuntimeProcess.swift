internal import ChalkOCI
internal import ChalkSystem

/// The OCI runtime at work on a bundle, from inside the worker.
struct RuntimeProcess {
    let runtime: String
    /// Path of the bundle, which is in memory; the runtime's state and log are put there too.
    let bundle: String
    /// Whether the runtime stays and passes a terminal on.
    let terminal: Bool

    private var log: String { bundle + "/log" }
    private var processFile: String { bundle + "/pid" }

    /// Starts the bundle's process with this process' standard input and the worker's two outputs, and waits.
    ///
    /// The runtime detaches: the step then writes into the launcher's pipes itself, and as this process is the
    /// first of its process namespace the step becomes its child, whose true end it sees.
    func run() throws -> ChildProcess.End {
        let output = try WorkerDescriptor.take(WorkerDescriptor.output)
        let errors = try WorkerDescriptor.take(WorkerDescriptor.errors)
        var words = [
            runtime, "--root", bundle + "/state", "--log", log, "--log-format", "json", "run", "--bundle",
            bundle,
        ]
        if !terminal { words += ["--detach", "--pid-file", processFile] }
        let name = PathText.name(of: runtime)
        let child: ChildProcess
        do {
            child = try ChildProcess.spawn(
                runtime, arguments: words + ["step"], environment: ["PATH=\(StepEnvironment.defaultPath)"],
                descriptors: [
                    .init(0, as: 0), .init(output.raw, as: 1), .init(errors.raw, as: 2),
                ], session: .shared)
        } catch {
            throw ExecError(.runtimeFailed, "cannot start the step: \(name) does not run (\(error.reason))")
        }
        try output.close()
        try errors.close()
        let end = child.wait()
        if terminal {
            if let reason = messages(level: "error").last { throw failure(name, reason) }
            return end
        }
        guard end.isSuccess else {
            throw failure(name, messages(level: "error").last ?? "it ended with status \(end.shellStatus)")
        }
        let text = String(decoding: try FileSystem.read(processFile, limit: 64), as: UTF8.self)
        guard let step = Int32(text.prefix { $0.isNumber }) else {
            throw failure(name, "it did not say which process it started")
        }
        return try CurrentProcess.waitForAdoptedChild(step)
    }

    /// What the runtime warned about.
    func warnings() -> [String] { messages(level: "warning") }

    private func failure(_ name: String, _ reason: String) -> ExecError {
        ExecError(.runtimeFailed, "cannot start the step: \(name) says: \(reason)")
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
