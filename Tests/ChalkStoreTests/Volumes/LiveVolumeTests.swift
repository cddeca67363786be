import ChalkOCI
import ChalkStore
import ChalkSystem
import Foundation
import Testing

@Suite("Live directories of volumes")
struct LiveVolumeTests {
    @Test("The last user makes the version; users share the directory")
    func lastUser() throws {
        try withVolume(["a": "1"]) { lab in
            let volumes = lab.store.volumes
            let one = try volumes.attach(lab.name)
            let two = try volumes.attach(lab.name)
            #expect(one.path == two.path && one.path == lab.live)
            #expect(try text(lab.live + "/a") == "1")
            try write("2", lab.live + "/a")
            try write("b", lab.live + "/b")
            #expect(try one.detach() == nil)
            #expect(try lab.files() == ["a": "1"])
            #expect(try volumes.volume(lab.name).isInUse)
            #expect(try code { try volumes.delete(lab.name) } == .busy)
            #expect(try two.detach() == lab.head)
            #expect(try lab.files() == ["a": "2", "b": "b"])
            #expect(try volumes.volume(lab.name).isInUse == false)
            // Nothing changed: no version.
            #expect(try volumes.attach(lab.name).detach() == nil)
            #expect(try volumes.versions(lab.name).map(\.origin) == ["container", "put", "create"])
            #expect(try lab.store.verify() == [])
        }
    }

    @Test("What a killed user wrote is a version for whoever looks next")
    func killed() async throws {
        try await withSandbox { path in
            let lab = try VolumeLab(path, ["a": "1", "gone": "x"])
            await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
                let store = try ContentStore.open(at: path + "/store", create: false)
                let use = try store.volumes.attach(VolumeName("data"))
                try write("2", use.path + "/a")
                unlink(use.path + "/gone")
                mkdir(use.path + "/d", 0o750)
                try write("new", use.path + "/d/f")
                CrashTests.die()
            }
            #expect(try lab.files() == ["a": "2", "d/f": "new"])
            // Also what a process of it wrote that was thought dead.
            try write("late", lab.live + "/late")
            let use = try lab.store.volumes.attach(lab.name)
            #expect(try lab.files()["late"] == "late")
            #expect(try text(use.path + "/late") == "late")
            try use.detach()
            #expect(try lab.store.verify() == [])
        }
    }

    @Test("A batch put meanwhile is seen by users, and is in what they leave")
    func putMeanwhile() throws {
        try withVolume(["a": "1", "b": "1", "c": "1"]) { lab in
            let use = try lab.store.volumes.attach(lab.name)
            try write("mine", lab.live + "/own")
            try FileSystem.makeDirectories(lab.live + "/dir/x")
            try lab.put(["a": "2", "sub/n": "3", "dir": "file"])
            try lab.remove("b")
            #expect(try text(lab.live + "/a") == "2" && text(lab.live + "/sub/n") == "3")
            #expect(try text(lab.live + "/own") == "mine" && text(lab.live + "/dir") == "file")
            #expect(try FileSystem.statusIfPresent(lab.live + "/b") == nil)
            #expect(try lab.files() == ["a": "2", "c": "1", "dir": "file", "sub/n": "3"])
            // What was in the way is beside it.
            #expect(try tree(lab.live).contains { $0.hasPrefix("dir.aside-") && $0.hasSuffix("/x") })
            try use.detach()
            #expect(try lab.files() == ["a": "2", "c": "1", "dir": "file", "own": "mine", "sub/n": "3"])
            // And while nobody used it, the directory is brought up when somebody does.
            try lab.put(["c": "4"])
            try lab.remove("sub", recursive: true)
            #expect(try text(lab.live + "/c") == "1")
            let again = try lab.store.volumes.attach(lab.name, readOnly: true)
            #expect(try text(lab.live + "/c") == "4")
            #expect(try FileSystem.statusIfPresent(lab.live + "/sub") == nil)
            try again.detach()
        }
    }

    @Test("Links that a container makes lead nothing outside")
    func hostileLinks() throws {
        try withVolume(["d/f": "1", "e": "1"]) { lab in
            let outside = lab.path + "/outside"
            try FileSystem.makeDirectories(outside)
            try write("untouched", outside + "/f")
            let use = try lab.store.volumes.attach(lab.name)
            let live = try FileDescriptor.directory(lab.live)
            try live.removeTree("d")
            try live.removeFile("e")
            try live.makeLink("d", to: outside)
            try live.makeLink("e", to: outside + "/f")
            try lab.put(["d/f": "2", "d/new": "2", "e": "2"])
            #expect(try tree(outside) == ["f"] && text(outside + "/f") == "untouched")
            #expect(try text(lab.live + "/d/f") == "2" && text(lab.live + "/e") == "2")
            try live.makeLink("out", to: outside)
            try use.detach()
            let files = try lab.files()
            #expect(files["out"] == "-> \(outside)" && files["d/new"] == "2" && files["out/f"] == nil)
        }
    }

    @Test("Where no version can be made of what was left, the newest can still be read")
    func unfit() throws {
        try withVolume(["a": "1"]) { lab in
            // Dropped and not ended, as by a kill.
            _ = try lab.store.volumes.attach(lab.name)
            let deep = lab.live + String(repeating: "/d", count: 202)
            try FileSystem.makeDirectories(deep)
            #expect(try lab.files() == ["a": "1"])
            #expect(try lab.store.volumes.volume(lab.name).isInUse)
            #expect(
                try sentence { try lab.put(["b": "2"]) }.hasSuffix(
                    "lies deeper than 200 directories; move it up"))
            _ = try run(["rm", "-r", lab.live + "/d"])
            try lab.put(["b": "2"])
            #expect(try lab.files() == ["a": "1", "b": "2"])
            #expect(try lab.store.volumes.volume(lab.name).isInUse == false)
        }
    }

    @Test("A snapshot of a directory in use")
    func snapshot() throws {
        try withVolume(["a": "1"]) { lab in
            let use = try lab.store.volumes.attach(lab.name)
            #expect(try lab.store.volumes.snapshot(lab.name) == lab.head)
            try write("2", lab.live + "/a")
            let digest = try lab.store.volumes.snapshot(lab.name)
            #expect(try lab.files() == ["a": "2"])
            try write("3", lab.live + "/a")
            try use.detach()
            #expect(try lab.files() == ["a": "3"])
            #expect(try lab.files(lab.store.volumes.version(lab.name, digest.description)) == ["a": "2"])
            #expect(
                try lab.store.volumes.versions(lab.name).map(\.origin) == [
                    "container", "snapshot", "put", "create",
                ])
        }
    }

    @Test("Modes, owners and links come back; sockets and FIFOs are left where they are")
    func attributes() throws {
        try withVolume { lab in
            let use = try lab.store.volumes.attach(lab.name)
            let live = try FileDescriptor.directory(lab.live)
            let file = try live.open("f", [.writeOnly, .create], mode: 0o600)
            try file.changeMode(0o4711)
            try live.makeLink("l", to: "f")
            try live.makeDirectory("d")
            try live.changeMode(0o1700, of: "d")
            #expect(try run(["mkfifo", lab.live + "/pipe"]).status == 0)
            if CurrentProcess.userID == 0 { try live.changeOwner(uid: 7, gid: 8, of: "d") }
            try use.detach()
            try live.removeTree("d")
            _ = try GarbageCollector(lab.store).collect(olderThan: 0)
            #expect(try FileSystem.statusIfPresent(lab.live) == nil)
            let again = try lab.store.volumes.attach(lab.name)
            let made = try FileDescriptor.directory(lab.live)
            #expect(try made.status(of: "f").mode == 0o4711)
            #expect(try made.status(of: "d").mode == 0o1700)
            #expect(try made.linkTarget(of: "l") == Array("f".utf8))
            #expect(try made.statusIfPresent(of: "pipe") == nil)
            if CurrentProcess.userID == 0 { #expect(try made.status(of: "d").uid == 7) }
            try again.detach()
        }
    }

    @Test("A collection while somebody uses the volume takes nothing of it")
    func collected() throws {
        try withVolume(["a": "1"]) { lab in
            let use = try lab.store.volumes.attach(lab.name)
            try lab.put(["a": "2"])
            try write("own", lab.live + "/own")
            _ = try GarbageCollector(lab.store).collect(olderThan: 0)
            #expect(try text(lab.live + "/own") == "own")
            try use.detach()
            #expect(try lab.files() == ["a": "2", "own": "own"])
            #expect(try lab.store.verify() == [])
        }
    }
}
