import ChalkOCI
import ChalkSystem
import Glibc
import Testing

@testable import ChalkExec
import ChalkTestSupport

/// What the launcher makes of workers that do what they should not, and what is left of those that are killed.
struct WorkerTests {
    /// A shell script in the worker's place.
    private func launcher(_ script: String, in directory: borrowing TemporaryDirectory) throws
        -> WorkerLauncher
    {
        let path = directory.path + "/worker"
        try ExecLab.write("#!/bin/sh\n\(script)\n", to: path)
        try ExecLab.execute(["chmod", "755", path])
        return WorkerLauncher(path: path, environment: ["PATH=/usr/bin:/bin"])
    }

    private static let job = WorkerJob.writeLayer(upper: "/u", lowers: [], request: .null)

    @Test(arguments: [
        ("exit 3", "the worker ended with status 3 before it was done"),
        ("kill -9 $$", "the worker was ended by signal 9 before it was done"),
        ("echo a >&2; echo b >&2; exit 1", "the worker ended with status 1 before it was done (b)"),
        (#"echo '{"error":["layerFailed","it broke"]}' >&4"#, "it broke"),
        ("echo '{' >&4; exec sleep 86400", "not valid JSON: a member name is missing at byte 1"),
    ])
    func workersThatFail(script: String, message: String) throws {
        let directory = try TemporaryDirectory.make(in: TestPlace.directory)
        let launcher = try launcher(script, in: directory)
        #expect {
            try launcher.run(Self.job, cancellation: Cancellation())
        } throws: {
            "\($0)" == message
        }
    }

    @Test func bytesOfALayer() throws {
        let directory = try TemporaryDirectory.make(in: TestPlace.directory)
        let launcher = try launcher(
            #"cat <&3 >&7; test $1$3 = __chalk-worker0 || exit 1; echo '{"note":1}' >&4; echo '{"answer":[2]}' >&4"#,
            in: directory)
        let sink = MemorySink()
        var notes: [JSON] = []
        var streams = WorkerLauncher.Streams()
        streams.layer = { sink.write($0) }
        streams.note = { notes.append($0) }
        let answer = try launcher.run(Self.job, streams: streams, cancellation: Cancellation())
        #expect(answer == .array([.integer(2)]))
        #expect(notes == [.integer(1)])
        #expect(
            try JSON.parse(sink.bytes) == Self.job.json(searchPath: WorkerLauncher.defaultSearchPath))
    }

    @Test func noWorkerAtAll() {
        #expect {
            try WorkerLauncher(path: "/nowhere/worker").run(Self.job, cancellation: Cancellation())
        } throws: {
            "\($0)" == "cannot start a worker: cannot start /nowhere/worker: no such file or directory"
        }
    }

    @Test func anOrdinaryStartIsNoWorker() {
        for words in [
            ["chalk-image"], ["chalk-image", "build", "1", "2"], ["chalk-image", WorkerMain.argument],
        ] {
            #expect(WorkerMain.runIfRequested(arguments: words, layerWork: NoLayers()) == nil)
        }
    }

    /// The parent is killed while its step runs: everything goes, as root and not.
    @Test(arguments: [true, false])
    func killedParent(asRoot: Bool) async throws {
        let command = try ExecLab.command()
        let marker = "86400.\(UInt32.random(in: 1...9_999_999))"
        await #expect(processExitsWith: .signal(SIGKILL)) {
            [command = command as String, marker = marker as String, asRoot = asRoot as Bool] in
            ExecLab.use(command)
            if !asRoot { try Scenario.becomeTester() }
            let lab = try ExecLab()
            let script =
                "sleep \(marker) & sh -c 'sleep \(marker); true' & echo \(lab.path) ready; sleep \(marker)"
            _ = try lab.executor.run(
                lab.request(script, on: try lab.snapshot()),
                output: { _ in
                    // The path is found again by the marker.
                    try ExecLab.write(lab.path, to: "\(TestPlace.directory)/chalk-exec-killed-\(marker)")
                    kill(getpid(), SIGKILL)
                }, cancellation: Cancellation())
        }
        let note = "\(TestPlace.directory)/chalk-exec-killed-\(marker)"
        let path = String(decoding: try FileSystem.read(note, limit: 4_096), as: UTF8.self)
        try FileDescriptor.directory(TestPlace.directory).removeFile(PathText.name(of: note))
        defer { try? ExecLab.execute(["rm", "-rf", path]) }
        #expect(try Leftovers.waitForNone(marker) == [])
        #expect(try Leftovers.mounts(path) == [])
        // What it left on the disk goes with the next sweep.
        if asRoot {
            let store = SnapshotStore(directory: path + "/store", worker: WorkerLauncher(path: command))
            #expect(try store.sweep() == 1)
            #expect(try ExecLab.listing(store.home + "/work") == [".gate file"])
        }
    }

    @Test(arguments: [
        (
            "nobody", WorkerLauncher.defaultSearchPath,
            "cannot run steps without root: /etc/subuid has no range for nobody; add one (as root: usermod"
                + " --add-subuids 100000-165535 --add-subgids 100000-165535 nobody) or run as root"
        ),
        (
            "nobody", "/nowhere",
            "cannot run steps without root: newuidmap is not installed; install it"
                + " (Debian: apt-get install uidmap) or run as root"
        ),
    ])
    func whatIsMissing(user: String, searchPath: String, message: String) async throws {
        let command = try ExecLab.command()
        await #expect(processExitsWith: .success) {
            [
                command = command as String, user = user as String, searchPath = searchPath as String,
                message = message as String
            ] in
            if CurrentProcess.userID == 0 {
                let entry = try #require(getpwnam(user))
                try #require(setgid(entry.pointee.pw_gid) == 0 && setuid(entry.pointee.pw_uid) == 0)
            }
            let launcher = WorkerLauncher(path: command, searchPath: searchPath)
            #expect { try launcher.run(Self.job, cancellation: Cancellation()) } throws: {
                "\($0)" == message
            }
        }
    }
}

private struct NoLayers: LayerWork {
    func apply(
        blob: any ByteSource, into root: borrowing FileDescriptor, lowers: @escaping () throws -> [String],
        userXattr: Bool
    ) -> DiffID {
        DiffID(Digest.of([]))
    }

    func writeLayer(
        upper: borrowing FileDescriptor, lowers: [String], request: JSON, to sink: any ByteSink
    ) -> JSON { .null }
}
