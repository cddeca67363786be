import ChalkOCI
import ChalkStore
import ChalkSystem
import Foundation
import Testing

@Suite("Opening a store")
struct OpeningTests {
    @Test("A new store is an OCI layout with our data beside it, mode 0700")
    func newStore() throws {
        try withSandbox { path in
            let store = try ContentStore.open(at: path + "/a/b", create: true)
            #expect(store.path == (try FileSystem.resolved(path)) + "/a/b")
            #expect(try text(store.path + "/oci-layout") == #"{"imageLayoutVersion":"1.0.0"}"#)
            #expect(
                try text(store.path + "/index.json")
                    == #"{"manifests":[],"mediaType":"application/vnd.oci.image.index.v1+json","#
                    + #""schemaVersion":2}"#
            )
            #expect(try text(store.path + "/chalk/version") == "1\n")
            #expect(try FileSystem.status(store.path).mode == 0o700)
            #expect(
                try tree(store.path) == [
                    "blobs", "blobs/sha256", "chalk", "chalk/ingests", "chalk/locks", "chalk/locks/index",
                    "chalk/version", "index.json", "oci-layout",
                ])
            #expect(try store.verify() == [])
        }
    }

    @Test("Opening again changes nothing and finds what was put")
    func again() throws {
        try withSandbox { path in
            let first = try ContentStore.open(at: path + "/s", create: true)
            let digest = try first.put(Array("x".utf8))
            let before = try tree(path)
            let second = try ContentStore.open(at: path + "/s", create: false)
            #expect(try second.contains(digest))
            #expect(try tree(path) == before)
        }
    }

    @Test("A relative path and one through a link mean the same store")
    func linkedPath() throws {
        try withSandbox { path in
            let real = try ContentStore.open(at: path + "/real", create: true)
            try FileManager.default.createSymbolicLink(
                atPath: path + "/link", withDestinationPath: "real")
            #expect(try ContentStore.open(at: path + "/link", create: false).path == real.path)
        }
    }

    @Test("What is no store is refused with a sentence")
    func refusals() throws {
        try withSandbox { path in
            func message(_ name: String, create: Bool = true) throws -> String {
                try sentence { _ = try ContentStore.open(at: "\(path)/\(name)", create: create) }
                    .replacing(try FileSystem.resolved(path), with: "DIR").replacing(path, with: "DIR")
            }
            #expect(
                try message("none", create: false)
                    == "there is no store at DIR/none; build, pull or import an image first, or name another "
                    + "with --store")
            try FileManager.default.createDirectory(
                atPath: path + "/empty", withIntermediateDirectories: false)
            #expect(
                try message("empty", create: false)
                    == "there is no store at DIR/empty; build, pull or import an image first, or name "
                    + "another with --store")
            try write("x", path + "/file")
            #expect(
                try message("file")
                    == "DIR/file is not a directory and so no store; name another with --store")
            try FileManager.default.createDirectory(
                atPath: path + "/home/docs", withIntermediateDirectories: true)
            #expect(
                try message("home")
                    == "DIR/home is not empty and not a store; name an empty or new directory with --store")
            #expect(try tree(path + "/home") == ["docs"])
            try FileManager.default.createDirectory(
                atPath: path + "/layout/blobs", withIntermediateDirectories: true)
            try write(#"{"imageLayoutVersion":"1.0.0"}"#, path + "/layout/oci-layout")
            #expect(
                try message("layout")
                    == "DIR/layout is an OCI layout of another program; copy its images into a store with "
                    + "`chalk-image import DIR/layout`, or name another store with --store")
            #expect(try tree(path + "/layout") == ["blobs", "oci-layout"])
        }
    }

    @Test("An empty directory becomes a store where one may be made")
    func emptyDirectory() throws {
        try withSandbox { path in
            let store = try ContentStore.open(at: path, create: true)
            #expect(try store.verify() == [])
        }
    }

    @Test(
        "Versions are looked at",
        arguments: [
            (
                "2\n", StoreError.Code.newerVersion,
                "the store DIR was made by a newer chalk-image (store version 2, this one knows 1); use that "
                    + "program or name another store with --store"
            ),
            (
                "x", .corrupt,
                "the store DIR does not say its version; write 1 to DIR/chalk/version if it is one of this "
                    + "program"
            ),
        ])
    func versions(content: String, expected: StoreError.Code, message: String) throws {
        try withStore { store in
            try write(content, store.path + "/chalk/version")
            #expect(
                try sentence { _ = try ContentStore.open(at: store.path, create: true) }
                    .replacing(store.path, with: "DIR") == message)
            #expect(try code { _ = try ContentStore.open(at: store.path, create: true) } == expected)
        }
    }

    @Test("A store without its version is one of ours only while nothing is in it")
    func versionLost() throws {
        try withStore { store in
            try FileManager.default.removeItem(atPath: store.path + "/chalk/version")
            try FileManager.default.removeItem(atPath: store.path + "/oci-layout")
            _ = try ContentStore.open(at: store.path, create: false)
            #expect(try text(store.path + "/chalk/version") == "1\n")
            try store.ledgers.put([1], for: .of([1]))
            try FileManager.default.removeItem(atPath: store.path + "/chalk/version")
            #expect(try code { _ = try ContentStore.open(at: store.path, create: true) } == .corrupt)
        }
    }

    @Test("A layout of another version is refused")
    func otherLayout() throws {
        try withStore { store in
            try write(#"{"imageLayoutVersion":"2.0.0"}"#, store.path + "/oci-layout")
            #expect(
                try sentence { _ = try ContentStore.open(at: store.path, create: true) }
                    == "\(store.path)/oci-layout names no layout version that this program knows (1.0.0); "
                    + "name another store with --store")
        }
    }

    @Test(
        "A store that was half made is completed",
        arguments: [
            ["chalk"], ["chalk", "chalk/ingests"], ["chalk", "chalk/ingests", "chalk/version"],
            ["chalk", "blobs", "blobs/sha256"],
        ])
    func halfMade(parts: [String]) throws {
        try withSandbox { path in
            let root = path + "/s"
            try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: false)
            for part in parts {
                if part.hasSuffix("version") {
                    try write("", "\(root)/\(part)")
                } else {
                    try FileManager.default.createDirectory(
                        atPath: "\(root)/\(part)", withIntermediateDirectories: false)
                }
            }
            #expect(try ContentStore.open(at: root, create: true).verify() == [])
            #expect(try text(root + "/chalk/version") == "1\n")
        }
    }

    @Test(
        "A file of no bytes, as a power cut may leave it, is made again",
        arguments: ["oci-layout", "index.json", "chalk/version"])
    func emptyFile(name: String) throws {
        try withStore { store in
            let before = try text("\(store.path)/\(name)")
            try write("", "\(store.path)/\(name)")
            if name == "chalk/version" { try write("", "\(store.path)/oci-layout") }
            _ = try ContentStore.open(at: store.path, create: false)
            #expect(try text("\(store.path)/\(name)") == before)
        }
    }

    @Test("A lost index.json is told, not made anew")
    func indexLost() throws {
        try withStore { store in
            try FileManager.default.removeItem(atPath: store.path + "/index.json")
            #expect(
                try sentence { _ = try ContentStore.open(at: store.path, create: true) }
                    == "\(store.path)/index.json is missing; put it back, or delete "
                    + "\(store.path)/oci-layout to go "
                    + "on without the names that it held")
        }
    }

    @Test(
        "Links in place of the store's directories are refused",
        arguments: ["chalk", "blobs", "blobs/sha256"])
    func links(name: String) throws {
        try withStore { store in
            let place = "\(store.path)/\(name)"
            try FileManager.default.moveItem(atPath: place, toPath: store.path + "-moved")
            defer { try? FileManager.default.removeItem(atPath: store.path + "-moved") }
            try FileManager.default.createSymbolicLink(
                atPath: place, withDestinationPath: store.path + "-moved")
            #expect(
                try sentence { _ = try ContentStore.open(at: store.path, create: true) }
                    == "cannot open the store \(store.path): \(PathText.name(of: name)): not a directory; "
                    + "put a directory or file there instead of what is there now")
        }
    }

    @Test("Unfinished writes of dead processes are swept, those of living ones are not")
    func sweep() throws {
        try withStore { store in
            try write("dead", store.path + "/chalk/ingests/0123456789abcdef")
            let ingest = try store.ingest()
            try ingest.write([1, 2, 3])
            #expect(try tree(store.path + "/chalk/ingests").count == 2)
            _ = try ContentStore.open(at: store.path, create: false)
            #expect(try tree(store.path + "/chalk/ingests").count == 1)
            #expect(try ingest.commit().size == 3)
            #expect(try tree(store.path + "/chalk/ingests").isEmpty)
        }
    }

    @Test("Folders are made, mode 0700, when their path is asked for", arguments: StoreFolder.allCases)
    func folders(folder: StoreFolder) throws {
        try withStore { store in
            let path = try store.path(of: folder)
            #expect(path == "\(store.path)/chalk/\(folder.rawValue)")
            #expect(try FileSystem.status(path).kind == .directory)
            #expect(try FileSystem.status(path).mode == 0o700)
        }
    }
}
