import ChalkSystem
import ChalkTestSupport
import Foundation
import Testing

/// Volumes in containers that come and go, and are killed.
struct MountedVolumeTests {
    private let lab: ContainerLab
    private let volume = "v\(UInt32.random(in: 0 ... .max))"

    init() throws {
        lab = try ContainerLab.shared.get()
        try lab.check("volume", "create", volume)
    }

    private func shell(_ script: String, _ suffix: String = "") throws -> BuiltCommand.Ran {
        try lab.chalk("run", "--rm", "-v", "\(volume):/data\(suffix)", "busybox", "sh", "-c", script)
    }

    @Test func whatOneWritesAnotherFinds() throws {
        #expect(try shell("echo row > /data/db && mkdir /data/d && ln -s ../db /data/d/l").status == 0)
        #expect(try lab.check("volume", "cat", volume, "db") == "row")
        #expect(try shell("cat /data/d/l", ":ro").output == "row\n")
        #expect(try shell("echo x > /data/new", ":ro").status != 0)
        #expect(try lab.check("volume", "log", volume).split(separator: "\n").count == 2)
    }

    @Test func containersAtTheSameTimeShareIt() throws {
        try lab.check(
            "run", "-d", "--name", "\(volume)-a", "-v", "\(volume):/a", "busybox", "sleep", "86399")
        try lab.lab.write("from outside", "\(volume).txt")
        try lab.check("volume", "put", volume, "\(volume).txt", "given")
        #expect(try lab.check("exec", "\(volume)-a", "cat", "/a/given") == "from outside")
        #expect(try shell("echo from b > /data/b").status == 0)
        #expect(try lab.check("exec", "\(volume)-a", "cat", "/a/b") == "from b")
        let before = try lab.chalk("volume", "ls", volume)
        #expect(before.output == "0644  12  given\n" && before.errors.contains("a container uses \(volume)"))
        try lab.check("volume", "snapshot", volume)
        #expect(try lab.check("volume", "cat", volume, "b") == "from b")
        #expect(try lab.chalk("volume", "delete", volume).status == 1)
        try lab.check("exec", "\(volume)-a", "rm", "/a/given")
        try lab.check("stop", "\(volume)-a")
        #expect(try lab.check("volume", "ls", volume) == "0644  7  b")
        try lab.check("volume", "delete", volume)
    }

    @Test func aKillLosesNothing() throws {
        let id = try lab.check(
            "run", "-d", "-v", "\(volume):/data", "busybox", "sh", "-c", "echo kept > /data/f; sleep 86399")
        try ContainerLab.wait {
            try FileSystem.statusIfPresent("\(lab.lab.store)/chalk/volumes/\(volume)/live/f")?.size == 5
        }
        // The process that watches it, so that nobody is there to make a version.
        #expect(kill(try lab.process(of: id, generationsAbove: 3), SIGKILL) == 0)
        try ContainerLab.wait { try lab.check("ps", "-q").contains(id) == false }
        #expect(try lab.check("volume", "cat", volume, "f") == "kept")
        #expect(try shell("cat /data/f").output == "kept\n")
    }
}
