import ChalkSystem
import ChalkTestSupport
import Foundation
import Testing

/// Containers are started and stopped in a row, and in a third of the rounds somebody is killed: nothing is left.
///
/// `CHALK_CONTAINER_ROUNDS` says how many (default: 9), `CHALK_CONTAINER_SEED` repeats a run.
@Suite(.serialized) struct ContainerKillTests {
    private enum Victim: CaseIterable {
        case command, runtime, container, inner, keeper, supervisor
    }

    @Test func nothingIsLeft() throws {
        let variables = ProcessInfo.processInfo.environment
        let rounds = variables["CHALK_CONTAINER_ROUNDS"].flatMap { Int($0) } ?? 9
        let seed =
            variables["CHALK_CONTAINER_SEED"].flatMap { UInt64($0) } ?? UInt64.random(in: 0...UInt64.max)
        var random = SeededGenerator(seed: seed)
        let lab = try ContainerLab()
        let mark = "86400.\(UInt32.random(in: 1...9_999_999))"
        for round in 0..<rounds {
            let victim = round % 3 == 2 ? Victim.allCases.randomElement(using: &random) : nil
            let isKept = Bool.random(using: &random)
            let note = "round \(round), seed \(seed), \(victim.map { "\($0)" } ?? "nobody")"
            let words = ["run", "-d", "--name", "r\(round)"] + (isKept ? [] : ["--rm"])
            let running = try lab.start(words + ["busybox", "sleep", mark])
            if victim == .command || victim == .runtime {
                try kill(victim, of: running, lab, &random)
                _ = try running.wait()
            } else {
                let ran = try running.wait()
                #expect(ran.status == 0, "\(note): \(ran.errors)")
                if let victim { try kill(victim, id: ran.line, lab) }
            }
            let stopped = try lab.chalk("stop", "r\(round)")
            #expect(stopped.status == 0 || victim != nil && stopped.status == 3, "\(note): \(stopped.errors)")
            #expect(try lab.check("ps", "-q") == "", "\(note)")
            if isKept { _ = try lab.chalk("container", "rm", "r\(round)") }
            #expect(try lab.check("ps", "-a", "-q") == "", "\(note)")
            #expect(try Leftovers.processesAfterWaiting(mark).isEmpty, "\(note)")
            #expect(try Leftovers.mounts(lab.lab.path).isEmpty, "\(note)")
            let entries = try lab.lab.tool("ls", "store/chalk/containers").output
            #expect(entries == "", "\(note)")
        }
        // The next start takes away what killed ones have left on the disk.
        #expect(try lab.check("run", "--rm", "busybox", "echo", "last") == "last")
        #expect(try lab.lab.tool("ls", "store/chalk/snapshots/work").output == "")
        #expect(try lab.check("verify").hasPrefix("the store is good"))
    }

    /// Kills the command while it starts, or the runtime that it has started.
    private func kill(
        _ victim: Victim?, of running: BuiltCommand.Running, _ lab: ContainerLab,
        _ random: inout SeededGenerator
    ) throws {
        if victim == .command {
            try Pause.wait(.milliseconds(Int.random(in: 0..<150, using: &random)), Cancellation())
            running.signal(SIGKILL)
            return
        }
        // It is gone again in no time, so not every round meets it.
        for _ in 0..<2_000 {
            let found = try Leftovers.processes("\(lab.lab.path)/store/chalk/snapshots/work")
            if let line = found.first(where: { $0.contains("runc") }),
                let id = line.split(separator: " ").first.flatMap({ Int32($0) })
            {
                _ = Foundation.kill(id, SIGKILL)
                return
            }
            if Foundation.kill(running.id, 0) != 0 { return }
        }
    }

    /// Kills one of the processes of a container that runs.
    private func kill(_ victim: Victim, id: String, _ lab: ContainerLab) throws {
        guard var process = try lab.inspect(id)["pid"] as? Int else {
            throw BuiltCommand.Failure(description: "the container has no process")
        }
        let generations: [Victim] = [.container, .inner, .keeper, .supervisor]
        for _ in 0..<(generations.firstIndex(of: victim) ?? 0) {
            let text = try FileSystem.read("/proc/\(process)/status", limit: 65_536)
            let line = String(decoding: text, as: UTF8.self).split(separator: "\n")
                .first { $0.hasPrefix("PPid:") }
            process = try #require(line.flatMap { Int($0.split(separator: "\t")[1]) })
        }
        #expect(Foundation.kill(pid_t(process), SIGKILL) == 0)
    }
}
