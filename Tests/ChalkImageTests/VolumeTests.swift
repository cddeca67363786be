import ChalkImage
import ChalkSystem
import ChalkTestSupport
import Foundation
import Testing

@Suite("Volumes of the library")
struct VolumeLibraryTests {
    private func withStore(_ body: (ImageStore, String) throws -> Void) throws {
        let place = "\(TestPlace.directory)/chalk-volumes-" + RandomName.make()
        defer { try? FileManager.default.removeItem(atPath: place) }
        try FileSystem.makeDirectories(place)
        try body(try ImageStore.open(place + "/store"), place)
    }

    @Test func filesInEitherSpelling() throws {
        try withStore { store, place in
            let volume = try Volume.create("models", in: store)
            try volume.put("config.yaml", "rate: 0.01\n").putFile("deep/a.bin", [0, 255])
            #expect(try volume.get("config.yaml") == Array("rate: 0.01\n".utf8))
            #expect(try volume.list().map(\.path) == ["config.yaml", "deep/a.bin"])
            #expect(try volume.listdir(prefix: "deep/").map(\.path) == ["deep/a.bin"])
            #expect(try volume.list(prefix: "de", recursive: false).map(\.path) == ["deep"])
            #expect(try volume.list(prefix: "nothing/").isEmpty)
            try Data("x".utf8).write(to: URL(fileURLWithPath: place + "/x"))
            try volume.putFile("x", fromPath: place + "/x").remove("config.yaml")
            #expect(try volume.list().map(\.path) == ["deep/a.bin", "x"])
            #expect(try Volume.list(in: store).map(\.name) == ["models"])
            #expect(try Volume.lookup("models", in: store).reload().version.fileCount == 2)
            try volume.download("deep", to: place + "/out")
            #expect(try FileSystem.read(place + "/out/a.bin", limit: 10) == [0, 255])
            try volume.delete()
            #expect(throws: ChalkError.self) { try Volume.lookup("models", in: store) }
            #expect(throws: ChalkError.self) { try volume.readFile("x") }
        }
    }

    @Test func batchesAreOneVersion() throws {
        try withStore { store, _ in
            let volume = try Volume.create("v", in: store)
            let digest = try volume.batchUpload { batch in
                batch.put("a.txt", "hello")
                batch.put("b.txt", "world")
                batch.removeFile("a.txt")
                batch.putFile("a.txt", "again")
            }
            #expect(try volume.versions().map(\.origin) == ["batch", "create"])
            #expect(try volume.readFile("a.txt") == Array("again".utf8))
            #expect(throws: ChalkError.self) {
                try volume.batchUpload { batch in
                    batch.put("c.txt", "c")
                    batch.removeFile("nothing")
                }
            }
            #expect(throws: CancellationError.self) { try failing(volume) }
            #expect(try volume.reload().version.digest == digest)
            try volume.batchUpload(ifMatch: digest) { $0.put("a.txt", "1") }
            let error = #expect(throws: ChalkError.self) {
                try volume.batchUpload(ifMatch: digest) { $0.put("a.txt", "2") }
            }
            #expect(error?.kind == .failed && error?.description.contains("is at sha256:") == true)
            #expect(try volume.readFile("a.txt", version: digest.description) == Array("again".utf8))
        }
    }

    private func failing(_ volume: Volume) throws {
        do {
            try volume.batchUpload { batch in
                batch.put("never", "x")
                throw CancellationError()
            }
        } catch {
            throw CancellationError()
        }
    }

    @Test(arguments: [
        ("data:/data", "data", "/data", false), ("data:/a/./b//:ro", "data", "/a/b", true),
        ("d:/x:rw", "d", "/x", false),
    ])
    func mounts(_ argument: String, _ name: String, _ path: String, _ isReadOnly: Bool) throws {
        let mount = try VolumeMount(argument: argument)
        #expect(mount.name == name && mount.path == path && mount.isReadOnly == isReadOnly)
    }

    @Test(arguments: [
        ("data", "a volume is mounted by NAME:/path or NAME:/path:ro, not \"data\""),
        ("data:/x:wx", "a volume is mounted by NAME:/path or NAME:/path:ro, not \"data:/x:wx\""),
        ("data:/", "the volume data cannot be mounted at /; name a directory below it"),
        ("data:x", "the volume data cannot be mounted at \"x\": the path must be absolute and without .."),
        (
            "data:/a/../b",
            "the volume data cannot be mounted at \"/a/../b\": the path must be absolute and without .."
        ),
    ])
    func wrongMounts(_ argument: String, _ sentence: String) {
        let error = #expect(throws: ChalkError.self) { try VolumeMount(argument: argument) }
        #expect(error?.kind == .invalidInput && error?.description == sentence)
        #expect(throws: ChalkError.self) { try VolumeMount(argument: "../x:/y") }
    }

    @Test func mountsInEitherSpelling() throws {
        let one: VolumeMounts = ["b": "/data/inner", "a": "/data"]
        let two: VolumeMounts = [("b", "/data/inner"), ("a", "/data")]
        #expect(try one.checked().map(\.path) == ["/data", "/data/inner"])
        #expect(try one.checked() == two.checked())
        let twice: VolumeMounts = [("a", "/x"), ("b", "/x/")]
        let error = #expect(throws: ChalkError.self) { try twice.checked() }
        #expect(
            error?.description
                == "the volumes a and b are both mounted at /x; choose another path for one of them")
    }
}
