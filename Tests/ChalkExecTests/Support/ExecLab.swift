import ChalkExec
import ChalkOCI
import ChalkSystem
import Glibc
import Synchronization
import Testing
import ChalkTestSupport

/// A place of one's own to run steps in: a store, a tiny root file system made from busybox, and the built command.
final class ExecLab: Sendable {
    let path: String
    let worker: WorkerLauncher
    let store: SnapshotStore
    let executor: StepExecutor
    let base: LayerSource

    static let applets = [
        "cat", "chmod", "chown", "dd", "echo", "env", "false", "flock", "head", "hostname", "id", "kill",
        "ln", "ls",
        "mkdir", "mknod", "mv", "nproc", "pwd", "readlink", "rm", "sh", "sleep", "stat", "touch", "true",
        "wc",
    ]

    init(runtime: RuntimeChoice = RuntimeChoice()) throws {
        path = "\(TestPlace.directory)/chalk-exec-\(RandomName.make())"
        try FileSystem.makeDirectories(path, mode: 0o755)
        worker = WorkerLauncher(path: try ExecLab.command())
        store = SnapshotStore(directory: path + "/store", worker: worker)
        executor = StepExecutor(snapshots: store, runtime: runtime)
        try ExecLab.makeRoot(path + "/root")
        base = try ExecLab.layer(path + "/root", tar: path + "/root.tar")
    }

    deinit {
        do {
            try worker.removeTree(path)
        } catch {
            Issue.record("\(error)")
        }
    }

    /// Takes a command that another process has prepared.
    static func use(_ command: String) {
        shared.withLock { $0 = command }
    }

    /// The built command, which lies beside the test runner; a copy that any user can execute.
    private static let shared = Mutex<String?>(nil)
    static func command() throws -> String {
        try shared.withLock { path in
            if let path { return path }
            let runner = try FileSystem.resolved("/proc/self/exe")
            let built = PathText.parent(of: runner) + "/chalk-image"
            let copy = "\(TestPlace.directory)/chalk-exec-command-\(CurrentProcess.id)"
            try execute(["cp", "--reflink=auto", built, copy])
            try execute(["chmod", "755", copy])
            atexit { _ = unlink("\(TestPlace.directory)/chalk-exec-command-\(getpid())") }
            path = copy
            return copy
        }
    }

    static func execute(_ words: [String]) throws {
        let program = try #require(words.first)
        let candidates = ["/usr/bin/", "/bin/", "/usr/sbin/"].map { $0 + program }
        let tool = try #require(candidates.first { access($0, X_OK) == 0 }, "\(program) is not installed")
        let child = try ChildProcess.spawn(
            tool, arguments: words, environment: ["PATH=/usr/bin:/bin", "LC_ALL=C"],
            descriptors: [.init(1, as: 1), .init(2, as: 2)], session: .shared)
        #expect(child.wait() == .exited(0), "\(words)")
    }

    private static func makeRoot(_ root: String) throws {
        for directory in ["bin", "etc/ssl/certs", "home/app", "tmp", "data"] {
            try FileSystem.makeDirectories("\(root)/\(directory)", mode: 0o755)
        }
        try execute(["cp", "/bin/busybox", root + "/bin/busybox"])
        let bin = try FileDescriptor.directory(root + "/bin")
        for applet in applets { try bin.makeLink(applet, to: "busybox") }
        try write(
            "root:x:0:0:root:/root:/bin/sh\napp:x:1000:1001:App:/home/app:/bin/sh\n", to: root + "/etc/passwd"
        )
        try write("root:x:0:\napp:x:1001:\nwheel:x:10:app\nextra:x:1002:other,app\n", to: root + "/etc/group")
        try write("image's own\n", to: root + "/etc/ssl/certs/ca-certificates.crt")
        try write("old\n", to: root + "/data/file")
        try execute(["chmod", "1777", root + "/tmp"])
    }

    static func write(_ text: String, to path: String) throws {
        try FileDescriptor.open(path, [.writeOnly, .create, .truncate], mode: 0o644).write(Array(text.utf8))
    }

    /// A tree as a plain tar that belongs to root, and as a layer.
    static func layer(_ tree: String, tar: String) throws -> LayerSource {
        let names = try FileDescriptor.directory(tree).entries().map(\.name.display)
        try execute(
            [
                "tar", "--format=ustar", "--sort=name", "--owner=0", "--group=0", "--numeric-owner",
                "--mtime=@315532800", "-C", tree, "-cf", tar,
            ] + names)
        var hasher = SHA256Hasher()
        let file = FileStream(try FileDescriptor.open(tar))
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while case let got = try file.read(into: &buffer), got > 0 { hasher.update(buffer[..<got]) }
        return LayerSource(diffID: DiffID(hasher.finish())) { try FileDescriptor.open(tar) }
    }

    /// One more layer: files by name and content, directories by names that end with a slash.
    func layer(_ name: String, files: [String: String], links: [String: String] = [:]) throws -> LayerSource {
        let tree = "\(path)/tree-\(name)"
        for (file, content) in files.sorted(by: { $0.key < $1.key }) {
            try FileSystem.makeDirectories(PathText.parent(of: "\(tree)/\(file)x"), mode: 0o755)
            if !file.hasSuffix("/") { try ExecLab.write(content, to: "\(tree)/\(file)") }
        }
        for (link, target) in links {
            try FileSystem.makeDirectories(PathText.parent(of: "\(tree)/\(link)"), mode: 0o755)
            try FileDescriptor.directory(tree).makeLink(link, to: target)
        }
        return try ExecLab.layer(tree, tar: "\(path)/\(name).tar")
    }

    func snapshot(_ more: [LayerSource] = []) throws -> Snapshot {
        try store.snapshot(for: [base] + more, cancellation: Cancellation())
    }

    /// A request that runs a shell script on the base.
    func request(_ script: String, on snapshot: Snapshot) -> StepRequest {
        StepRequest(lowers: snapshot.directories, arguments: ["/bin/sh", "-c", script])
    }

    struct Ran {
        var result: StepResult
        var output: String
        var errors: String
    }

    /// Runs a request to its end.
    func run(_ request: StepRequest, layer: (any ByteSink)? = nil) throws -> Ran {
        var output: [UInt8] = []
        var errors: [UInt8] = []
        let result = try executor.run(
            request,
            output: {
                switch $0.stream {
                case .output: output += $0.bytes
                case .errors: errors += $0.bytes
                }
            }, layer: layer, cancellation: Cancellation())
        return Ran(
            result: result, output: String(decoding: output, as: UTF8.self),
            errors: String(decoding: errors, as: UTF8.self))
    }

    /// Runs a script on the base; its status must be 0. Says what it wrote on standard output.
    func output(of script: String, _ change: (inout StepRequest) throws -> Void = { _ in }) throws -> String {
        let snapshot = try snapshot()
        var request = request(script, on: snapshot)
        try change(&request)
        let ran = try run(request)
        #expect(ran.result.end == .exited(0), "\(script): \(ran.errors)")
        try? ran.result.changes.remove()
        return ran.output
    }

    /// What a directory holds, like `etc/ d`, `etc/group c`, `new f`, sorted.
    static func listing(_ directory: String) throws -> [String] {
        func walk(_ directory: borrowing FileDescriptor, _ prefix: String) throws -> [String] {
            var lines: [String] = []
            for entry in try directory.entries() {
                let status = try directory.status(of: entry.name)
                let name = prefix + entry.name.display
                switch status.kind {
                case .directory:
                    lines.append(name + "/")
                    lines += try walk(try directory.open(entry.name, [.readOnly, .directory]), name + "/")
                case .characterDevice:
                    lines.append("\(name) \(status.specialDevice == 0 ? "whiteout" : "device")")
                default: lines.append("\(name) \(status.kind)")
                }
            }
            return lines
        }
        return try walk(try FileDescriptor.directory(directory), "")
    }
}

/// What steps must not leave on the machine.
enum Leftovers {
    /// The command lines of all processes that hold `marker`, this one's aside.
    static func processes(_ marker: String) throws -> [String] {
        try FileDescriptor.directory("/proc").entries().compactMap { entry in
            guard let id = Int32(entry.name.display), id != CurrentProcess.id,
                let bytes = try? FileSystem.read("/proc/\(id)/cmdline", limit: 1 << 20)
            else { return nil }
            let line = bytes.map { $0 == 0 ? " " : String(Character(Unicode.Scalar($0))) }.joined()
            return line.contains(marker) ? "\(id) \(line)" : nil
        }
    }

    /// The mounts of this process that mention `marker`.
    static func mounts(_ marker: String) throws -> [String] {
        String(decoding: try FileSystem.read("/proc/self/mountinfo", limit: 1 << 24), as: UTF8.self)
            .split(separator: "\n").map(String.init).filter { $0.contains(marker) }
    }

    /// The control groups of steps whose keeper was started by `parent` or, nil, by anybody.
    static func cgroups() throws -> [String] {
        let root = try FileDescriptor.directory("/sys/fs/cgroup")
        var found: [String] = []
        for entry in try root.entries() where entry.kind == .directory {
            let names = try root.open(entry.name, [.readOnly, .directory]).entries().map(\.name.display)
            found += (names + [entry.name.display]).filter { $0.hasPrefix("chalk-image-") }
        }
        return found
    }

    /// Yields to the kernel until it has taken everything with `marker` away; gives up after many rounds.
    static func waitForNone(_ marker: String) throws -> [String] {
        var left = try processes(marker)
        for _ in 0..<20_000 where !left.isEmpty {
            sched_yield()
            left = try processes(marker)
        }
        return left
    }
}
