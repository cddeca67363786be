private import Synchronization
internal import ChalkSystem

/// Which OCI runtime runs the steps; looked for when the first one is needed.
package final class RuntimeChoice: Sendable {
    private let wanted: String?
    private let searchPath: String
    private let found = Mutex<String?>(nil)

    /// The runtime called `name`, a path or a program on `searchPath`; nil for the first of runc and crun that
    /// answers `--version`.
    package init(named name: String? = nil, searchPath: String = WorkerLauncher.defaultSearchPath) {
        wanted = name
        self.searchPath = searchPath
    }

    /// The path of the runtime.
    ///
    /// - Throws: ``ExecError`` (`missingTool`).
    package func path() throws(ExecError) -> String {
        if let path = found.withLock({ $0 }) { return path }
        var refused: [String] = []
        for name in wanted.map({ [$0] }) ?? ["runc", "crun"] {
            guard let path = ProgramSearch.find(name, in: searchPath) else { continue }
            if RuntimeChoice.works(path) {
                found.withLock { $0 = path }
                return path
            }
            refused.append(path)
        }
        let hint = "install one (Debian: apt-get install runc) or name one with --runtime"
        if let first = refused.first {
            throw ExecError(.missingTool, "cannot run steps: \(first) --version fails; \(hint)")
        }
        let what = wanted.map { "there is no \($0)" } ?? "no OCI runtime is installed"
        throw ExecError(.missingTool, "cannot run steps: \(what); \(hint)")
    }

    private static func works(_ path: String) -> Bool {
        guard let nothing = try? FileDescriptor.open("/dev/null", .readWrite) else { return false }
        let child = try? ChildProcess.spawn(
            path, arguments: [path, "--version"], environment: ["PATH=\(WorkerLauncher.defaultSearchPath)"],
            descriptors: [.init(nothing.raw, as: 0), .init(nothing.raw, as: 1), .init(nothing.raw, as: 2)],
            session: .own)
        return child?.wait().isSuccess ?? false
    }
}
