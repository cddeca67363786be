import ChalkOCI
import ChalkStore
import ChalkSystem
import Foundation
import Testing

@Suite("Versions of volumes")
struct VolumeVersionTests {
    @Test("Batches make versions, each whole, and earlier ones stay")
    func versions() throws {
        try withVolume { lab in
            let first = try lab.put(["a": "1", "d/b": "2", "d/e/c": "3"])
            let second = try lab.put(["d/b": "4"])
            try lab.remove("d/e/c")
            try lab.remove("d", recursive: true)
            #expect(try lab.files() == ["a": "1"])
            let log = try lab.store.volumes.versions(lab.name)
            #expect(log.map(\.origin) == ["rm", "rm", "put", "put", "create"])
            #expect(log.map(\.tree.files) == [1, 2, 3, 3, 0])
            #expect(log.map(\.tree.bytes) == [1, 2, 3, 3, 0])
            let old = try lab.store.volumes.version(lab.name, String(first.hex.prefix(8)))
            #expect(try lab.files(old) == ["a": "1", "d/b": "2", "d/e/c": "3"])
            #expect(try lab.files(try lab.store.volumes.version(lab.name, second.description))["d/b"] == "4")
            #expect(try lab.store.verify() == [])
        }
    }

    @Test("A version costs what changed, and equal files have equal digests")
    func cost() throws {
        try withVolume { lab in
            let many = Dictionary(uniqueKeysWithValues: (0..<200).map { ("d\($0 % 10)/f\($0)", "\($0)") })
            let all = try lab.put(many)
            let before = try lab.store.blobs().count
            try lab.put(["d3/f3": "new"])
            // The file, its directory, the top, the version.
            #expect(try lab.store.blobs().count == before + 4)
            #expect(try lab.put(["d3/f3": "3"]) == all)
            // The version alone; and nothing where nothing changes.
            #expect(try lab.store.blobs().count == before + 5)
            let versions = try lab.store.volumes.versions(lab.name).count
            #expect(try lab.put(["d3/f3": "3"]) == all)
            #expect(try lab.store.volumes.versions(lab.name).count == versions)
            let other = try VolumeName("other")
            try lab.store.volumes.create(other)
            let copied = try lab.store.volumes.change(other, origin: "put") { intake in
                [.merge(try VolumePath(""), try lab.store.volumes.version(lab.name, nil).tree)]
            }
            #expect(copied == all)
        }
    }

    @Test("A large file is kept in pieces, of which one changes")
    func pieces() throws {
        try withVolume { lab in
            var bytes = [UInt8](repeating: 7, count: 9 << 20)
            for index in stride(from: 0, to: bytes.count, by: 4096) {
                bytes[index] = UInt8(truncatingIfNeeded: index >> 12)
                bytes[index + 1] = UInt8(truncatingIfNeeded: index >> 20)
            }
            func put() throws -> Int {
                let before = Set(try lab.store.blobs())
                try lab.store.volumes.change(lab.name, origin: "put") { intake in
                    [.put(try VolumePath("db"), try intake.file(MemorySource(bytes)))]
                }
                return Set(try lab.store.blobs()).subtracting(before).filter { $0.size > 4096 }.count
            }
            #expect(try put() == 3)
            bytes[5 << 20] ^= 1
            #expect(try put() == 1)
            guard
                case .file(let file) = try lab.store.volumes.node(
                    VolumePath("db"), of: lab.store.volumes.version(lab.name, nil))
            else {
                Issue.record("no file")
                return
            }
            #expect(file.size == Int64(bytes.count) && file.digest == Digest.of(bytes))
            let sink = MemorySink()
            try lab.store.volumes.read(file, into: sink)
            #expect(sink.bytes == bytes)
            #expect(try lab.store.verify() == [])
        }
    }

    @Test("What cannot be changes nothing and is said")
    func refused() throws {
        try withVolume(["d/f": "1"]) { lab in
            let head = try lab.head
            #expect(
                try sentence { try lab.put(["x": "1", "d": "2"]) }
                    == "d is a directory in the volume; remove it first, or put the file elsewhere")
            #expect(
                try sentence { try lab.put(["d/f/g": "1"]) }
                    == "d/f is a file or link in the volume, and should be a directory; remove it first")
            #expect(try sentence { try lab.remove("d/nothing") } == "the volume has no \"d/nothing\"")
            #expect(
                try sentence { try lab.remove("d") }
                    == "d is a directory in the volume; say that all below it goes too (-r)")
            #expect(try code { try lab.put(["a/../../x": "1"]) } == .invalidRequest)
            #expect(try code { try lab.put(["x": "1"], ifMatch: .of([1])) } == .conflict)
            #expect(try lab.head == head)
            try lab.put(["x": "1"], ifMatch: head)
            #expect(try code { try lab.put(["x": "2"], ifMatch: head) } == .conflict)
            for name in ["", ".", "..", "-x", "a/b", "ä", String(repeating: "x", count: 129)] {
                #expect(try code { _ = try VolumeName(name) } == .invalidRequest, "\(name)")
            }
            #expect(try code { _ = try lab.store.volumes.volume(VolumeName("none")) } == .notFound)
        }
    }

    @Test("Directories of the host: links, empty directories, odd names")
    func directories() throws {
        try withVolume { lab in
            try FileSystem.makeDirectories("\(lab.path)/d/empty")
            let directory = try FileDescriptor.directory("\(lab.path)/d")
            let odd: [UInt8] = [0xFF, 0x0A, 0x22]
            _ = try directory.open(odd, [.writeOnly, .create], mode: 0o700)
            try directory.makeLink("l", to: "../../etc/passwd")
            let digest = try lab.store.volumes.change(lab.name, origin: "put") { intake in
                [.merge(try VolumePath("to"), try intake.tree(directory))]
            }
            let items = try lab.store.volumes.items(
                below: lab.store.volumes.version(lab.name, nil).tree, at: VolumePath(""), recursive: true)
            #expect(
                items.map(\.path) == [
                    Array("to".utf8), Array("to/empty".utf8), Array("to/l".utf8), Array("to/".utf8) + odd,
                ])
            let out = lab.path + "/out"
            try FileSystem.makeDirectories(out)
            try lab.store.volumes.write(
                lab.store.volumes.version(lab.name, digest.description).tree,
                into: FileDescriptor.directory(out))
            #expect(
                try FileDescriptor.directory(out + "/to").linkTarget(of: "l")
                    == Array("../../etc/passwd".utf8))
            #expect(try FileDescriptor.directory(out + "/to").status(of: odd).mode == 0o755)
            #expect(try run(["mkfifo", "\(lab.path)/d/pipe"]).status == 0)
            #expect(
                try sentence {
                    _ = try lab.store.volumes.change(lab.name, origin: "put") {
                        [.merge(try VolumePath(""), try $0.tree(directory))]
                    }
                } == "pipe is a fifo, which a volume cannot hold; leave it out")
        }
    }

    @Test("Versions go when they were replaced long ago; the newest never")
    func pruned() throws {
        try withSandbox { path in
            let time = Clock()
            let lab = try VolumeLab(path, ["a": "0"], clock: { time.now })
            for second in 1...4 {
                time.now = 1_000 + Int64(second) * 100
                try lab.put(["a": "\(second)"])
            }
            let collector = GarbageCollector(lab.store)
            // The second was replaced at 1200, the third at 1300.
            time.now = 1_500
            _ = try collector.collect(olderThan: 250)
            #expect(try lab.store.volumes.versions(lab.name).map(\.created) == [1_400, 1_300, 1_200])
            #expect(try lab.store.verify() == [])
            time.now = 1_000_000
            _ = try collector.collect(olderThan: 0)
            #expect(try lab.files() == ["a": "4"])
            #expect(try lab.store.volumes.versions(lab.name).count == 1)
            #expect(try lab.store.verify() == [])
            try lab.store.volumes.delete(lab.name)
            _ = try collector.collect(olderThan: 0)
            #expect(try lab.store.blobs().isEmpty)
            #expect(try code { try lab.store.volumes.delete(lab.name) } == .notFound)
        }
    }

    @Test("What is missing or damaged is found")
    func damaged() throws {
        try withVolume(["a": "content"]) { lab in
            #expect(try lab.store.remove(Digest.of(Array("content".utf8))))
            let problems = try lab.store.verify()
            #expect(problems.count == 1 && problems[0].description.contains("is missing"))
            #expect(try code { _ = try lab.files() } == .notFound)
            try write("nonsense", "\(lab.store.path)/chalk/volumes/data/ref")
            #expect(try lab.store.verify().contains { $0.description.contains("/ref cannot be read") })
            #expect(try code { _ = try GarbageCollector(lab.store).collect(olderThan: 0) } == .corrupt)
            try lab.store.volumes.delete(lab.name)
            #expect(try lab.store.verify() == [])
        }
    }
}

/// A clock that is set by hand.
final class Clock: @unchecked Sendable {
    // Tests set it between calls, from one thread.
    var now: Int64 = 1_000
}
