import ChalkOCI
import ChalkStore
import ChalkSystem
import Foundation
import Testing

@Suite("OCI layouts")
struct LayoutTests {
    private func export(_ image: SampleImage, of store: ContentStore, to path: String, name: String?) throws {
        let writer = try OCILayoutWriter.open(path)
        for blob in image.blobs { try writer.add(blob, from: store) }
        try writer.finish([(name, image.manifest)])
    }

    @Test("What is exported is read again, byte for byte")
    func roundTrip() throws {
        try withStore { store in
            let image = try SampleImage.put(["one", "two"], in: store)
            let path = store.path + "-out/deep"
            try export(image, of: store, to: path, name: "v1")
            #expect(try text(path + "/oci-layout") == #"{"imageLayoutVersion":"1.0.0"}"#)
            #expect(
                try tree(path)
                    == (["blobs", "blobs/sha256", "index.json", "oci-layout"]
                    + image.blobs.map { "blobs/sha256/\($0.digest.hex)" }).sorted())
            let reader = try OCILayoutReader.open(path)
            #expect(reader.entries.map(\.name) == ["v1"])
            #expect(reader.entries.map(\.descriptor) == [image.manifest])
            #expect(try reader.entry(named: "v1").descriptor == image.manifest)
            #expect(try reader.entry(named: nil).descriptor == image.manifest)
            let manifest = try Manifest(parsing: reader.read(image.manifest))
            #expect(manifest.layers == image.layers)
            for layer in image.layers {
                #expect(try reader.contains(layer))
                #expect(
                    try reader.source(of: layer).readToEnd(limit: 1 << 20) == store.read(layer.digest))
            }
        }
    }

    @Test("Adding to a layout keeps what is there and copies only what lacks")
    func addTo() throws {
        try withStore { store in
            let path = store.path + "-out"
            let first = try SampleImage.put(["shared", "one"], in: store)
            let second = try SampleImage.put(["shared", "two"], in: store)
            try export(first, of: store, to: path, name: "one")
            let shared = "\(path)/blobs/sha256/\(first.layers[0].digest.hex)"
            let inode = try FileSystem.status(shared).inode
            try export(second, of: store, to: path, name: "two")
            try export(second, of: store, to: path, name: nil)
            try export(second, of: store, to: path, name: nil)
            #expect(try FileSystem.status(shared).inode == inode)
            let reader = try OCILayoutReader.open(path)
            #expect(reader.entries.map(\.name) == ["one", "two", nil])
            #expect(
                try sentence { _ = try reader.entry(named: nil) }
                    == "the OCI layout \(path) has 3 images; say which by its name: there are one, two")
            #expect(
                try sentence { _ = try reader.entry(named: "three") }
                    == "the OCI layout \(path) has no image called three; there are one, two")
            try export(second, of: store, to: path, name: "one")
            #expect(try OCILayoutReader.open(path).entry(named: "one").descriptor == second.manifest)
            // A blob that lost bytes is written again.
            try write("x", shared)
            try export(first, of: store, to: path, name: "one")
            #expect(
                try OCILayoutReader.open(path).read(first.layers[0]) == store.read(first.layers[0].digest))
        }
    }

    @Test("Two exports of the same are the same, in any order")
    func deterministic() throws {
        try withStore { store in
            let images = try ["a", "b"].map { try SampleImage.put([$0], in: store) }
            try export(images[0], of: store, to: store.path + "-1", name: "x")
            try export(images[1], of: store, to: store.path + "-1", name: "y")
            try export(images[1], of: store, to: store.path + "-2", name: "y")
            try export(images[0], of: store, to: store.path + "-2", name: "x")
            #expect(try run(["diff", "-r", store.path + "-1", store.path + "-2"]) == (0, ""))
        }
    }

    @Test("A blob from bytes is checked; a wrong one leaves no trace")
    func addBytes() throws {
        try withSandbox { path in
            let bytes = Array("layer".utf8)
            let writer = try OCILayoutWriter.open(path + "/out")
            let good = Descriptor(mediaType: .layer, digest: .of(bytes), size: 5)
            var wrong = good
            wrong.size = 4
            let before = try tree(path)
            #expect(try code { try writer.add(wrong, from: MemorySource(bytes)) } == .mismatch)
            wrong = Descriptor(mediaType: .layer, digest: .of([1]), size: 5)
            #expect(
                try sentence { try writer.add(wrong, from: MemorySource(bytes)) }
                    == "blob \(wrong.digest) from its source has the bytes of \(good.digest); fetch or "
                    + "make it again")
            #expect(try tree(path) == before)
            #expect(
                try sentence { try writer.finish([("x", good)]) }
                    == "blob \(good.digest) was not added to the OCI layout \(path)/out; add it first")
            try writer.add(good, from: MemorySource(bytes))
            try writer.add(good, from: MemorySource([]))
            #expect(try writer.contains(good))
            try writer.finish([("x", good)])
            #expect(try OCILayoutReader.open(path + "/out").read(good) == bytes)
        }
    }

    @Test("A directory that is something else is left alone")
    func refusals() throws {
        try withSandbox { path in
            try write("x", path + "/notes")
            #expect(
                try sentence { _ = try OCILayoutWriter.open(path) }
                    == "\(path) is neither empty nor an OCI layout; name another directory, so that "
                    + "nothing is lost")
            #expect(try tree(path) == ["notes"])
            #expect(
                try sentence { _ = try OCILayoutReader.open(path) }
                    == "\(path) is not an OCI layout: it has no file oci-layout; name one that is")
            #expect(
                try sentence { _ = try OCILayoutReader.open(path + "/none") }
                    == "there is no directory at \(path)/none; name an OCI layout")
            #expect(
                try sentence { _ = try OCILayoutReader.open(path + "/notes") }
                    == "there is no directory at \(path)/notes; name an OCI layout")
            try write(#"{"imageLayoutVersion":"9.0.0"}"#, path + "/oci-layout")
            #expect(try code { _ = try OCILayoutWriter.open(path) } == .invalid)
            #expect(
                try sentence { _ = try OCILayoutReader.open(path) }
                    == "\(path) is not an OCI layout of version 1.0.0; convert it, for example with skopeo")
        }
    }

    @Test("What a killed export left is cleared and the next goes on")
    func killedExport() throws {
        try withStore { store in
            let path = store.path + "-out"
            let image = try SampleImage.put(["one"], in: store)
            let writer = try OCILayoutWriter.open(path)
            try writer.add(image.layers[0], from: store)
            try write("half", path + "/.chalk-ingest-0000000000000000")
            try export(image, of: store, to: path, name: "x")
            #expect(try tree(path).filter { $0.hasPrefix(".chalk") }.isEmpty)
            #expect(try OCILayoutReader.open(path).entry(named: "x").descriptor == image.manifest)
        }
    }

    /// Ways to spoil the layout at a path, and the sentence about it.
    static let hostile: [(String, String, String)] = [
        (
            "rm oci-layout", "rm oci-layout",
            "DIR is not an OCI layout: it has no file oci-layout; name one that is"
        ),
        (
            "oci-layout is a link", "rm oci-layout; ln -s /etc/passwd oci-layout",
            "cannot read the OCI layout DIR: oci-layout is a link, not a file; remove it and try again"
        ),
        (
            "index.json is a link", "rm index.json; ln -s /etc/passwd index.json",
            "cannot read the OCI layout DIR: index.json is a link, not a file; remove it and try again"
        ),
        ("no index.json", "rm index.json", "the OCI layout DIR has no index.json; make or copy it again"),
        (
            "index.json is a FIFO", "rm index.json; mkfifo index.json",
            "cannot read the OCI layout DIR: index.json is a fifo, not a file; remove it and try again"
        ),
        (
            "huge index.json", "truncate -s 1T index.json",
            "cannot read the OCI layout DIR: index.json has 1099511627776 bytes, more than the 16777216 "
                + "that it may have"
        ),
        (
            "index.json is no JSON", "echo '[' > index.json",
            "index.json of the OCI layout DIR cannot be used: not valid JSON: the text ends early at byte "
                + "2; make or copy it again"
        ),
        (
            "deep index.json", "python3 -c 'print(\"[\"*100000)' > index.json",
            "index.json of the OCI layout DIR cannot be used: not valid JSON: nested more than 128 deep "
                + "at byte 129; make or copy it again"
        ),
        (
            "blobs is a link", "mv blobs b; ln -s b blobs",
            "cannot read the OCI layout DIR: blobs is a link, not a directory; copy the layout with what "
                + "the link points to"
        ),
        (
            "sha256 is a link", "mv blobs/sha256 b; ln -s ../b blobs/sha256",
            "cannot read the OCI layout DIR: sha256 is a link, not a directory; copy the layout with what "
                + "the link points to"
        ),
        (
            "no blobs", "rm -r blobs",
            "the OCI layout DIR has no directory blobs/sha256; make or copy it again"
        ),
    ]

    @Test("Hostile layouts get a sentence", arguments: hostile)
    func hostileLayouts(name: String, command: String, message: String) throws {
        try withStore { store in
            let path = store.path + "-out"
            try export(try SampleImage.put(["one"], in: store), of: store, to: path, name: "x")
            #expect(try run(["sh", "-c", "cd \(path) && \(command)"]).status == 0)
            #expect(
                try sentence { _ = try OCILayoutReader.open(path) }.replacing(path, with: "DIR") == message)
        }
    }

    @Test("Digests that are paths, of other algorithms or no text are no entries")
    func hostileDigests() throws {
        try withStore { store in
            let path = store.path + "-out"
            try export(try SampleImage.put(["one"], in: store), of: store, to: path, name: "x")
            let digests = [
                "sha256:../../../../etc/passwd", "sha256:" + String(repeating: "A", count: 64), "sha256:",
                "../x", "sha512:" + String(repeating: "a", count: 128),
                "sha256:" + String(repeating: "/", count: 64),
                "sha256:" + String(repeating: "a", count: 63) + "\\u0000",
            ]
            let entries =
                digests.map { #"{"digest":"\#($0)","mediaType":"x","size":1}"# } + ["7", "[]", "{}"]
            try write(
                #"{"schemaVersion":2,"manifests":["# + entries.joined(separator: ",") + "]}",
                path + "/index.json")
            let reader = try OCILayoutReader.open(path)
            #expect(reader.entries.isEmpty)
            #expect(
                try sentence { _ = try reader.entry(named: nil) }
                    == "the OCI layout \(path) has no image; put one there first")
        }
    }

    @Test("Hostile blobs: links, other bytes, other sizes, too many bytes")
    func hostileBlobs() throws {
        try withStore { store in
            let path = store.path + "-out"
            let image = try SampleImage.put(["one"], in: store)
            try export(image, of: store, to: path, name: "x")
            let reader = try OCILayoutReader.open(path)
            let layer = image.layers[0]
            let file = "\(path)/blobs/sha256/\(layer.digest.hex)"
            var wrong = layer
            wrong.size += 1
            #expect(
                try sentence { _ = try reader.read(wrong) }
                    == "blob \(layer.digest) in \(path) has \(layer.size) bytes instead of "
                    + "\(layer.size + 1); make "
                    + "or copy the layout again")
            try write(String(repeating: "x", count: Int(layer.size)), file)
            #expect(try code { _ = try reader.read(layer) } == .corrupt)
            #expect(try code { _ = try reader.source(of: layer).readToEnd(limit: 1 << 20) } == .mismatch)
            try FileManager.default.removeItem(atPath: file)
            #expect(try code { _ = try reader.read(layer) } == .notFound)
            #expect(try !reader.contains(layer))
            try FileManager.default.createSymbolicLink(atPath: file, withDestinationPath: "/etc/passwd")
            #expect(try code { _ = try reader.source(of: layer) } == .invalid)
            #expect(try code { _ = try reader.contains(layer) } == .corrupt)
            try FileManager.default.removeItem(atPath: file)
            try FileDescriptor.open(file, [.writeOnly, .create]).truncate(to: 1 << 40)
            #expect(try code { _ = try reader.read(layer) } == .tooLarge)
        }
    }

    @Test("A layout that umoci made is read")
    func umociLayout() throws {
        let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../Fixtures/store/umoci-layout").standardizedFileURL.path
        let reader = try OCILayoutReader.open(path)
        let entry = try reader.entry(named: "v1")
        let manifest = try Manifest(parsing: reader.read(entry.descriptor))
        #expect(manifest.layers.isEmpty)
        let config = try ImageConfig(parsing: reader.read(manifest.config))
        #expect(config.platform == Platform(os: "linux", architecture: "amd64"))
    }
}
