import ChalkOCI
import ChalkStore
import ChalkSystem
import Foundation
import Testing

@Suite("References")
struct ReferencesTests {
    private func descriptor(_ byte: UInt8) -> Descriptor {
        Descriptor(mediaType: .manifest, digest: .of([byte]), size: 1)
    }

    @Test("A reference is kept under its whole text, so that other programs find it")
    func set() throws {
        try withStore { store in
            let app = try reference("app")
            try store.references.set(app, to: descriptor(1))
            #expect(try store.references.descriptor(for: app) == descriptor(1))
            #expect(try store.references.descriptor(named: "docker.io/library/app:latest") == descriptor(1))
            #expect(try store.references.descriptor(for: reference("app:1")) == nil)
            let digest = Digest.of([1])
            #expect(
                try text(store.path + "/index.json")
                    == #"{"manifests":[{"annotations":{"org.opencontainers.image.ref.name":"#
                    + #""docker.io/library/app:latest"},"digest":"\#(digest)","mediaType":"#
                    + #""application/vnd.oci.image.manifest.v1+json","size":1}],"mediaType":"#
                    + #""application/vnd.oci.image.index.v1+json","schemaVersion":2}"#)
        }
    }

    @Test("Set replaces, remove removes, list sorts")
    func life() throws {
        try withStore { store in
            let references = store.references
            try references.set([
                (try reference("b:2"), descriptor(2)), (try reference("localhost:5000/a:1"), descriptor(1)),
                (try reference("b:10"), descriptor(3)),
            ])
            #expect(
                try references.list().map(\.name) == [
                    "docker.io/library/b:10", "docker.io/library/b:2", "localhost:5000/a:1",
                ])
            try references.set(reference("b:2"), to: descriptor(9))
            #expect(try references.descriptor(for: reference("b:2")) == descriptor(9))
            #expect(try references.list().count == 3)
            #expect(try references.remove(reference("b:2")))
            #expect(try !references.remove(reference("b:2")))
            #expect(try references.remove(named: "localhost:5000/a:1"))
            #expect(try references.list().map(\.name) == ["docker.io/library/b:10"])
        }
    }

    @Test("The order of calls does not show")
    func order() throws {
        var seen: Set<String> = []
        for order in [[1, 2, 3], [3, 1, 2], [2, 3, 1]] as [[UInt8]] {
            try withStore { store in
                for number in order {
                    try store.references.set(reference("app:\(number)"), to: descriptor(number))
                }
                seen.insert(try text(store.path + "/index.json"))
            }
        }
        #expect(seen.count == 1)
    }

    @Test("The same value writes nothing")
    func unchanged() throws {
        try withStore { store in
            try store.references.set(reference("app"), to: descriptor(1))
            let inode = try FileSystem.status(store.path + "/index.json").inode
            try store.references.set(reference("app"), to: descriptor(1))
            #expect(try FileSystem.status(store.path + "/index.json").inode == inode)
            try store.references.set(reference("app"), to: descriptor(2))
            #expect(try FileSystem.status(store.path + "/index.json").inode != inode)
        }
    }

    @Test("Platform and annotations of a descriptor stay; the name is not among them when read")
    func annotations() throws {
        try withStore { store in
            let full = Descriptor(
                mediaType: .index, digest: .of([1]), size: 1,
                platform: Platform(os: "linux", architecture: "arm64", variant: "v8"),
                annotations: ["a": "b"])
            try store.references.set(reference("app"), to: full)
            #expect(try store.references.descriptor(for: reference("app")) == full)
        }
    }

    @Test("What other programs put into index.json stays as it is")
    func foreign() throws {
        try withStore { store in
            let foreign = [
                #"{"data":"e30=","digest":"sha256:\#(Digest.of([7]).hex)","mediaType":"x/y","size":2,"#
                    + #""urls":["u"]}"#,
                #"{"digest":"sha512:\#(String(repeating: "a", count: 128))","mediaType":"x/y","size":2}"#,
                #"{"annotations":{"org.opencontainers.image.ref.name":"latest","z":"1"},"#
                    + #""digest":"sha256:\#(Digest.of([8]).hex)","mediaType":"x/y","size":2}"#,
            ]
            try write(
                #"{"schemaVersion":2,"annotations":{"k":"v"},"manifests":["# + foreign.joined(separator: ",")
                    + "]}\n", store.path + "/index.json")
            #expect(try store.references.list().map(\.name) == ["latest"])
            try store.references.set(reference("app"), to: descriptor(1))
            let index = try text(store.path + "/index.json")
            for entry in foreign { #expect(index.contains(entry)) }
            #expect(index.contains(#""annotations":{"k":"v"}"#))
            #expect(try store.references.remove(reference("app")))
            for entry in foreign { #expect(try text(store.path + "/index.json").contains(entry)) }
            #expect(try store.references.remove(named: "latest"))
            #expect(try store.references.list().isEmpty)
        }
    }

    @Test("Where a name stands twice, the last counts and set leaves one")
    func twice() throws {
        try withStore { store in
            let entries = [3, 4].map { (byte: UInt8) in
                #"{"annotations":{"org.opencontainers.image.ref.name":"docker.io/library/app:latest"},"#
                    + #""digest":"\#(Digest.of([byte]))","mediaType":"x","size":1}"#
            }
            try write(
                #"{"schemaVersion":2,"manifests":["# + entries.joined(separator: ",") + "]}",
                store.path + "/index.json")
            #expect(try store.references.descriptor(for: reference("app"))?.digest == .of([4]))
            try store.references.set(reference("app"), to: descriptor(5))
            #expect(try store.references.list().map(\.descriptor) == [descriptor(5)])
        }
    }

    @Test(
        "A damaged index.json is an error and never overwritten",
        arguments: [
            ("{", "not valid JSON: a member name is missing at byte 1"),
            ("{}", "it has no manifests or its schemaVersion is not 2"),
            (#"{"schemaVersion":1,"manifests":[]}"#, "it has no manifests or its schemaVersion is not 2"),
        ])
    func damaged(content: String, why: String) throws {
        try withStore { store in
            try write(content, store.path + "/index.json")
            let message = "\(store.path)/index.json cannot be used: \(why); put a good copy back"
            #expect(try sentence { _ = try store.references.list() } == message)
            #expect(
                try sentence { try store.references.set(reference("app"), to: descriptor(1)) } == message)
            #expect(try text(store.path + "/index.json") == content)
        }
    }

    @Test("A huge index.json is refused by its size")
    func huge() throws {
        try withStore { store in
            let file = try FileDescriptor.open(store.path + "/index.json", [.writeOnly])
            try file.truncate(to: 1 << 40)
            #expect(try code { _ = try store.references.list() } == .tooLarge)
        }
    }
}
