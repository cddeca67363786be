import ChalkSystem
import ChalkTestSupport
import Foundation
import Testing

/// Builds that end before their end.
@Suite(.serialized) struct KillTests {
    private static func lab() throws -> CommandLab {
        let lab = try CommandLab(withBase: true)
        try lab.writeSample()
        for number in 0..<40 {
            try lab.write(String(repeating: "line \(number)\n", count: 2_000), "src/data/file\(number)")
        }
        try lab.write(
            """
            {"baseImage": "busybox", "steps": [
               {"addLocalDir": {"src": "src", "dest": "/app", "strategy": "copy"}},
               {"runCommands": {"commands": ["echo one > /one && sleep 0.2", "echo two > /two && sleep 0.2"]}},
               {"addLocalDir": {"src": "src/data", "dest": "/more", "strategy": "copy"}},
               {"runCommands": {"commands": ["cat /app/data/* > /all"]}}]}
            """, "image.json")
        return lab
    }

    @Test func killedBuildsLeaveAStoreThatVerifiesAndBuildsOn() throws {
        let seed = UInt64.random(in: .min ... .max)
        var numbers = SeededGenerator(seed: seed)
        let lab = try KillTests.lab()
        let began = ContinuousClock.now
        let reference = try lab.build("image.json", "-t", "made")
        let length = ContinuousClock.now - began
        try lab.importBase("\(lab.path)/killed")
        for round in 0..<12 {
            let delay = length * Double.random(in: 0...1, using: &numbers)
            // Every other build throws away what the ones before it got done.
            let flags = round % 2 == 0 ? ["--no-cache"] : []
            let running = try BuiltCommand.start(
                try lab.command(["build", "image.json", "-t", "made", "--store", "killed"] + flags),
                in: lab.path)
            try Pause.wait(delay, Cancellation())
            running.signal(SIGKILL)
            let end = try running.wait()
            #expect([0, 128 + SIGKILL].contains(end.status), "seed \(seed) round \(round): \(end.errors)")
            let verified = try lab.chalk(["verify", "--store", "killed"])
            #expect(verified.status == 0, "seed \(seed) round \(round): \(verified.output)\(verified.errors)")
        }
        #expect(try lab.build("image.json", "-t", "made", "--store", "killed") == reference, "seed \(seed)")
        #expect(try lab.check("verify", "--store", "killed").status == 0)
        #expect(try Leftovers.mounts(lab.path).isEmpty)
        #expect(try Leftovers.processesAfterWaiting(lab.path).isEmpty)
    }

    @Test func buildsOfOneStoreAtTheSameTimeAgree() throws {
        let lab = try KillTests.lab()
        let running = try (0..<4).map { try lab.start("build", "-q", "image.json", "-t", "made\($0)") }
        let ends = try running.map { try $0.wait() }
        #expect(ends.allSatisfy { $0.status == 0 }, "\(ends.map(\.errors))")
        #expect(Set(ends.map(\.line)).count == 1)
        #expect(try lab.check("images").output.split(separator: "\n").count == 6)
        #expect(try lab.check("verify").status == 0)
    }

    @Test(arguments: [SIGINT, SIGTERM]) func anInterruptedBuildTidiesUp(signal: Int32) throws {
        let lab = try CommandLab(withBase: true)
        // Busybox's shell becomes its last command, so that is what can be recognised.
        let mark = "sleep \(Int.random(in: 100_000...999_999))"
        try lab.write(
            #"{"baseImage": "busybox", "steps": [{"runCommands": {"commands": ["#
                + #""echo done > /first", "trap '' INT TERM; echo begun; \#(mark)"]}}]}"#,
            "image.json")
        let running = try lab.start("build", "image.json", "--progress=plain")
        while !running.errorsSoFar().contains("| begun") {
            #expect(kill(running.id, 0) == 0)
            try Pause.wait(.milliseconds(5), Cancellation())
        }
        #expect(try !Leftovers.processes(mark).isEmpty)
        running.signal(signal)
        let ran = try running.wait()
        #expect(ran.status == 130, "\(ran.errors)")
        #expect(ran.errors.hasSuffix("error: the work was interrupted\n"), "\(ran.errors)")
        #expect(try Leftovers.mounts(lab.path).isEmpty)
        #expect(try Leftovers.processesAfterWaiting(mark).isEmpty)
        #expect(try lab.check("verify").status == 0)
        // What was done before the signal is not done again.
        let plan = try object(try lab.check("plan", "image.json", "--json").bytes)
        #expect(try objects(plan["steps"]).map { $0["verdict"] as? String } == ["hit", "miss"])
    }
}

/// What builds must not leave on the machine.
enum Leftovers {
    static func mounts(_ mark: String) throws -> [String] {
        String(decoding: try FileSystem.read("/proc/self/mountinfo", limit: 1 << 24), as: UTF8.self)
            .split(separator: "\n").map(String.init).filter { $0.contains(mark) }
    }

    /// The command lines of other processes that hold `mark`.
    static func processes(_ mark: String) throws -> [String] {
        try FileDescriptor.directory("/proc").entries().compactMap { entry in
            guard let id = Int32(entry.name.display), id != CurrentProcess.id,
                let bytes = try? FileSystem.read("/proc/\(id)/cmdline", limit: 1 << 20)
            else { return nil }
            let line = String(decoding: bytes.map { $0 == 0 ? 0x20 : $0 }, as: UTF8.self)
            return line.contains(mark) ? "\(id) \(line)" : nil
        }
    }

    /// The same once the kernel had time to end them.
    static func processesAfterWaiting(_ mark: String) throws -> [String] {
        var left = try processes(mark)
        for _ in 0..<500 where !left.isEmpty {
            try Pause.wait(.milliseconds(10), Cancellation())
            left = try processes(mark)
        }
        return left
    }
}
