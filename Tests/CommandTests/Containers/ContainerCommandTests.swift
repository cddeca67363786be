import ChalkSystem
import ChalkTestSupport
import Foundation
import Testing

/// `run`, `exec`, `ps`, `logs`, `stop` and `rm` as people use them.
struct ContainerCommandTests {
    private let lab: ContainerLab

    init() throws { lab = try ContainerLab.shared.get() }

    private static let path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

    @Test(
        arguments: [
            (["sh", "-c", "echo out; echo err >&2; exit 7"], 7, "out\n", "err\n"),
            (["-e", "A=1", "-e", "A=2", "-e", "NOT_SET", "busybox", "sh", "-c", "echo $A"], 0, "2\n", ""),
            (["-w", "/made/here", "busybox", "sh", "-c", "echo $PWD"], 0, "/made/here\n", ""),
            (["-u", "12:34", "busybox", "id", "-u"], 0, "12\n", ""),
            (["--entrypoint", "echo", "busybox", "a", "--rm", "-e"], 0, "a --rm -e\n", ""),
            (["--network", "none", "busybox", "--", "echo", "--", "b"], 0, "-- b\n", ""),
            (["busybox", "--network", "none", "--", "echo", "old"], 0, "old\n", ""),
            (
                ["busybox", "nope"], 127, "",
                "error: cannot start \"nope\": there is no such program in the container, whose PATH is "
                    + "\(path)\n"
            ),
            (
                ["busybox", "/etc/passwd"], 126, "",
                "error: cannot start /etc/passwd: it is no program, or not executable\n"
            ),
        ] as [([String], Int32, String, String)])
    func foreground(words: [String], status: Int32, output: String, errors: String) throws {
        let words = words.contains("busybox") ? words : ["busybox"] + words
        let ran = try lab.run([try BuiltCommand.path(), "run", "--rm"] + words)
        #expect(ran.status == status)
        #expect(ran.output == output)
        #expect(ran.errors == errors)
    }

    @Test func aContainerFromStartToEnd() throws {
        let script =
            "trap 'echo bye; exit 3' TERM; echo begun; echo trouble >&2; while :; do sleep 0.02; done"
        let id = try lab.check(
            "run", "-d", "--name", "life", "-e", "LEVEL=info", "-p", "47001", "busybox", "sh", "-c", script)
        #expect(try lab.check("ps", "-q").split(separator: "\n").contains { $0 == id })
        let shown = try lab.check(
            "exec", "-e", "X=y", "-w", "/etc", id, "sh", "-c", "echo $LEVEL $X $PWD")
        #expect(shown == "info y /etc")
        #expect(try lab.check("exec", "-u", "7", "life", "id", "-u") == "7")
        let failed = try lab.chalk("exec", "life", "sh", "-c", "exit 5")
        #expect(failed.status == 5)
        let missing = try lab.chalk("exec", "life", "nope")
        #expect(missing.status == 127 && missing.errors.hasPrefix("error: cannot start \"nope\""))
        try lab.lab.write("typed\n", "input")
        #expect(try lab.check("exec", "-i", "life", "cat", input: lab.lab.path + "/input") == "typed")
        // What one process changes, the others see.
        try lab.check("exec", "life", "sh", "-c", "echo new > /tmp/new")
        #expect(try lab.check("exec", String(id.prefix(6)), "cat", "/tmp/new") == "new")

        #expect(try lab.inspect("life")["status"] as? String == "Running")
        #expect(try lab.inspect("life")["ports"] as? [Int] == [47001])
        #expect(try lab.check("stop", "life") == "life")
        let ended = try lab.inspect("life")
        #expect(
            ended["status"] as? String == "Exited" && ended["exitCode"] as? Int == 3 && ended["pid"] == nil)
        let logs = try lab.chalk("logs", "life")
        #expect(logs.output == "begun\nbye\n" && logs.errors == "trouble\n")
        #expect(try lab.check("logs", "--tail", "1", "life") == "bye")
        #expect(try !lab.check("ps", "-q").contains(id))
        #expect(try lab.check("ps", "-a").contains("Exited (3)"))
        let late = try lab.chalk("exec", "life", "true")
        #expect(late.status == 3 && late.errors == "error: the container life does not run\n")
        #expect(try lab.check("stop", "life") == "life", "one that has ended is no error")
        #expect(try lab.check("rm", "life") == "life")
        #expect(try !lab.lab.exists("store/chalk/containers/\(id)"))
    }

    @Test func whatTakesNoNoticeIsKilledAtOnce() throws {
        try lab.check("run", "-d", "--rm", "--name", "deaf", "busybox", "sleep", "86400")
        try lab.check("stop", "--time", "86000", "deaf")
        #expect(try lab.chalk("inspect", "--type", "container", "deaf").status == 3)
        let running = try lab.start("run", "--rm", "--name", "front", "busybox", "sleep", "86400")
        try ContainerLab.wait { try lab.check("ps").contains("front") }
        try ContainerLab.wait { try lab.inspect("front")["status"] as? String == "Running" }
        running.signal(SIGINT)
        #expect(try running.wait().status == 137)
    }

    @Test func signalsArePassedOn() throws {
        let script = "trap 'echo got; exit 9' USR1; echo begun; while :; do sleep 0.02; done"
        let running = try lab.start("run", "--name", "trapping", "busybox", "sh", "-c", script)
        try ContainerLab.wait { try lab.chalk("logs", "trapping").output == "begun\n" }
        running.signal(SIGUSR1)
        let ran = try running.wait()
        #expect(ran.status == 9 && ran.output == "begun\ngot\n")
        try lab.check("run", "-d", "--replace", "--name", "trapping", "busybox", "sh", "-c", script)
        try ContainerLab.wait { try lab.chalk("logs", "trapping").output == "begun\n" }
        try lab.check("kill", "-s", "USR1", "trapping")
        let logs = try lab.check("logs", "-f", "trapping")
        #expect(logs == "begun\ngot")
    }

    @Test func programsGoWithWhoAskedForThem() throws {
        let mark = "86400.\(UInt32.random(in: 1...9_999_999))"
        try lab.check("run", "-d", "--name", "host", "busybox", "sleep", "86400")
        let running = try lab.start("exec", "host", "sleep", mark)
        try ContainerLab.wait {
            try lab.chalk("exec", "host", "sh", "-c", "cat /proc/[0-9]*/cmdline").output.contains(mark)
        }
        running.signal(SIGKILL)
        _ = try running.wait()
        #expect(try Leftovers.processesAfterWaiting(mark).isEmpty)
        let late = try lab.chalk("exec", "--timeout", "0.05", "host", "sleep", mark)
        #expect(late.status == 1)
        #expect(
            late.errors
                == "error: sleep was killed in the container host: it took longer than 0.05 seconds\n")
        try lab.check("exec", "-d", "host", "sleep", mark)
        // The kernel shows the words of a program a moment after it has begun.
        try ContainerLab.wait { try !Leftovers.processes(mark).isEmpty }
        try lab.check("container", "rm", "-f", "host")
        #expect(try Leftovers.processesAfterWaiting(mark).isEmpty)
    }

    @Test func secretsAreKeptNowhere() throws {
        let value = "hidden-\(UInt64.random(in: 0...UInt64.max))"
        try lab.check(
            "run", "-d", "--name", "keeper", "--secret", "env=TOKEN,as=KEY", "busybox", "sh", "-c",
            "echo begun; sleep 86400", variables: ["TOKEN": value])
        #expect(try lab.check("exec", "keeper", "sh", "-c", "echo $KEY") == value)
        #expect(try !lab.check("inspect", "keeper").contains(value))
        #expect(try lab.run(["grep", "-rq", value, lab.lab.store]).status == 1)
        try lab.check("container", "rm", "-f", "keeper")
    }

    @Test func limitsAreTheKernels() throws {
        let id = try lab.check(
            "run", "-d", "--name", "small", "--memory", "24Mi", "--cpu", "500m", "busybox", "sh", "-c",
            "sleep 0.2; head -c 40000000 /dev/zero > /dev/shm/f")
        let groups = try ContainerLab.cgroups(id)
        #expect(!groups.isEmpty)
        let texts = try groups.flatMap { group in
            try ["memory.limit_in_bytes", "memory.max", "cpu.cfs_quota_us", "cpu.max"].compactMap { name in
                try FileSystem.statusIfPresent("\(group)/\(name)").map { _ in
                    String(decoding: try FileSystem.read("\(group)/\(name)", limit: 100), as: UTF8.self)
                }
            }
        }
        #expect(texts.contains("25165824\n"), "\(texts)")
        #expect(texts.contains { $0.hasPrefix("50000") }, "\(texts)")
        try lab.check("logs", "-f", "small")
        try ContainerLab.wait { try lab.inspect("small")["status"] as? String == "Exited" }
        let ended = try lab.inspect("small")
        #expect(ended["outOfMemory"] as? Bool == true && ended["exitCode"] as? Int != 0)
        #expect(try ContainerLab.cgroups(id).isEmpty)
    }

    @Test func groupsAndVolumesAreMounted() throws {
        try lab.lab.write("one\n", "lazy/a.txt")
        try lab.lab.write("two\n", "lazy/deep/b.txt")
        try lab.lab.write("inner\n", "inner.txt")
        try lab.lab.write(
            """
            {"baseImage": "busybox", "steps": [
              {"addLocalDir": {"src": "lazy", "dest": "/app"}},
              {"addLocalFile": {"src": "inner.txt", "dest": "/app/deep/sub/inner.txt"}}]}
            """, "lazy.json")
        let digest = try lab.lab.build("lazy.json", "-t", "lazy")
        let script = "cd /app && cat a.txt deep/b.txt deep/sub/inner.txt && echo x > a.txt && cat a.txt"
        let show = ["sh", "-c", script]
        func run(_ words: [String]) throws -> BuiltCommand.Ran {
            try lab.run([try BuiltCommand.path(), "run", "--rm"] + words)
        }
        // A view of its own each time: what is changed there goes with the container.
        for _ in 0..<2 { #expect(try run(["lazy"] + show).output == "one\ntwo\ninner\nx\n") }
        try lab.lab.write("1\n", "lazy/a.txt")
        #expect(try lab.lab.build("lazy.json", "-t", "lazy") == digest)
        #expect(try run(["lazy"] + show).output == "1\ntwo\ninner\nx\n")

        try lab.check("volume", "create", "kept")
        #expect(try run(["-v", "kept:/data", "busybox", "sh", "-c", "echo row > /data/db"]).status == 0)
        #expect(try lab.check("volume", "cat", "kept", "db") == "row")
        #expect(try run(["-v", "kept:/data:ro", "busybox", "cat", "/data/db"]).output == "row\n")
        let refused = try run(["-v", "kept:/data:ro", "busybox", "sh", "-c", "echo x > /data/db"])
        #expect(refused.status == 1 && refused.errors.contains("Read-only file system"))
    }

    @Test func namesAreTakenByThoseThatRun() throws {
        let first = try lab.check("run", "-d", "--name", "taken", "busybox", "sleep", "86400")
        let second = try lab.chalk("run", "-d", "--name", "taken", "busybox", "true")
        #expect(second.status == 2)
        #expect(
            second.errors
                == "error: the name taken is taken by the container \(first), which runs; stop it, or say "
                + "--replace\n")
        let third = try lab.check("run", "-d", "--replace", "--name", "taken", "busybox", "sleep", "86400")
        #expect(third != first)
        try lab.check("stop", "taken")
        #expect(try lab.check("run", "--name", "taken", "busybox", "echo", "again") == "again")
        try lab.check("container", "rm", "taken")
    }
}
