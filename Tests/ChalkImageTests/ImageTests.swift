import ChalkImage
import Foundation
import Testing

@Suite("Image")
struct ImageTests {
    /// A directory of its own with a few files; removed when the value goes.
    final class Folder {
        let url = FileManager.default.temporaryDirectory.resolvingSymlinksInPath()
            .appending(path: "chalk-image-\(UUID().uuidString)")
        var path: String { url.path(percentEncoded: false) }

        init(_ files: [String: String] = [:]) throws {
            try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
            for (name, text) in files {
                let file = url.appending(path: name)
                try FileManager.default.createDirectory(
                    at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
                try Data(text.utf8).write(to: file)
            }
        }

        deinit { try? FileManager.default.removeItem(at: url) }
    }

    private func problem(_ body: () throws -> Void) -> String {
        do {
            try body()
            return "no error"
        } catch {
            return "\(error)"
        }
    }

    @Test("One try covers a chain; images are values")
    func chain() throws {
        let parent = try Image.debianSlim("3.11").pipInstall(["requests"]).workdir("/app")
        let copy = parent
        let child = try parent.runCommands("true").env(["TOKEN": "hunter2"])
        #expect(parent == copy && child != parent)
        #expect(Set([parent, copy, child]).count == 2)
    }

    @Test("The description has base and counts, never values")
    func description() throws {
        let image = try Image.debianSlim().runCommands("echo secret", "x").env(["TOKEN": "hunter2", "A": "b"])
            .workdir("/app").entrypoint(["python"]).cmd(["-m", "secret"])
        #expect(
            "\(image)"
                == "Image(base: python:3.12-slim-bookworm, steps: 1, env: 2, workdir: /app, entrypoint: 1, cmd: 2)"
        )
        #expect("\(Image.scratch)" == "Image(base: scratch, steps: 0)")
    }

    @Test("The plain reference, when nothing was added")
    func plainReference() throws {
        #expect(try Image.base("ubuntu:22.04").plainReference == "ubuntu:22.04")
        #expect(try Image.base("ubuntu:22.04").env(["A": "b"]).plainReference == nil)
        #expect(try Image.base("ubuntu:22.04").runCommands("x").plainReference == nil)
    }

    @Test("Paths in a spec file start at its directory")
    func json() throws {
        let folder = try Folder([
            "app/main.py": "1", "requirements.txt": "rich", "Dockerfile": "FROM debian\n",
        ])
        let text = """
            {"dockerfile": "Dockerfile", "steps": [{"addLocalDir": {"src": "app", "dest": "/app"}},
             {"pipInstallFromRequirements": {"path": "requirements.txt"}}]}
            """
        let image = try Image(json: Array(text.utf8), relativeTo: folder.path)
        let same = try Image.fromDockerfile(folder.path + "/Dockerfile").addLocalDir(
            folder.path + "/app", to: "/app"
        )
        .pipInstallFromRequirements(folder.path + "/requirements.txt")
        #expect(image == same)
        #expect(try Image(json: Array(image.json().utf8)) == image)
        let relative = try image.json(relativeTo: folder.path)
        #expect(relative.contains("\"src\": \"app\"") && !relative.contains(folder.path))
        #expect(try Image(json: Array(relative.utf8), relativeTo: folder.path) == image)
    }

    @Test("Relative paths of calls start at the working directory")
    func workingDirectory() throws {
        let here = FileManager.default.currentDirectoryPath
        #expect(
            try Image.scratch.addLocalFile("Package.swift", to: "/p").json().contains(
                "\"src\": \"\(here)/Package.swift\""))
    }

    @Test("Errors are sentences of ChalkError")
    func errors() throws {
        let error = #expect(throws: ChalkError.self) { try Image.base("") }
        #expect(error?.kind == .invalidInput)
        #expect(
            error?.description
                == "baseImage: is empty; name an image, such as \"python:3.12-slim-bookworm\", or \"scratch\""
        )
        #expect(
            #expect(throws: ChalkError.self) { try Image.scratch.addLocalFile("/no/such/file", to: "/x") }?
                .kind
                == .notFound)
        #expect(problem { _ = try Image(protobuf: [0x0A]) }.contains("damaged at byte 1"))
        #expect(
            problem { _ = try Image(json: Array("{".utf8)) }
                == "line 1, column 2: the text ends inside an object")
    }

    @Test("Protobuf: copied files are read, volumes are left out, past 32 KiB is an error")
    func protobuf() throws {
        let folder = try Folder(["a": "alpha", "d/.gitignore": "*.log\n", "d/x/y.log": "no", "d/x/z": "zeta"])
        let image = try Image.base("a").addLocalFile(folder.path + "/a", to: "/a", strategy: .copy)
            .addLocalDir(folder.path + "/d", to: "/d", strategy: .copy).addLocalDir(
                folder.path + "/d", to: "/v")
        let expected = try Image.base("a").addFile(Array("alpha".utf8), to: "/a")
            .addFile(Array("*.log\n".utf8), to: "/d/.gitignore").addFile(Array("zeta".utf8), to: "/d/x/z")
        #expect(try Image(protobuf: image.protobuf()) == expected)
        #expect(try image.protobuf() == expected.protobuf())
        try Data(repeating: 0, count: 40_000).write(to: folder.url.appending(path: "d/big"))
        #expect(problem { _ = try image.protobuf() }.contains("40000"))
    }

    @Test("A Dockerfile on the wire: one stage, its instructions verbatim")
    func dockerfile() throws {
        let text =
            "# syntax=x\n\nFROM debian:bookworm AS a\n# c\nRUN one \\\n  # in\n  two\nRUN <<E\n  FROM x\nE\n"
        let folder = try Folder([
            "ok": text, "arg": "ARG A=1\nFROM a:$A\n", "two": "FROM a\nFROM b\n",
            "tick": "# escape=`\nFROM a\n",
            "platform": "FROM --platform=linux/arm64 a\n", "bad": "FROM a\nNOPE x\n",
        ])
        let ok = try Image.fromDockerfile(folder.path + "/ok").runCommands("after")
        #expect(
            try Image(protobuf: ok.protobuf())
                == Image.base("debian:bookworm")
                .dockerfileCommands(["RUN one \\\n  # in\n  two", "RUN <<E\n  FROM x\nE"]).runCommands(
                    "after"))
        for name in ["arg", "two", "tick", "platform"] {
            let image = try Image.fromDockerfile(folder.path + "/" + name)
            #expect(problem { _ = try image.protobuf() }.contains("cannot be written as protobuf"), "\(name)")
        }
        let bad = try Image.fromDockerfile(folder.path + "/bad")
        #expect(problem { _ = try bad.protobuf() }.hasPrefix("dockerfile: "))
    }

    @Test("Lazy files: ignore rules, links inside the directory, groups, warnings")
    func volumes() throws {
        let folder = try Folder(["d/.chalkignore": "*.tmp\n", "d/a": "1", "d/sub/b": "2", "d/sub/c.tmp": "3"])
        try FileManager.default.createSymbolicLink(
            atPath: folder.path + "/d/link", withDestinationPath: "sub/b")
        let image = try Image.base("a").addLocalDir(folder.path + "/d", to: "/app", exclude: ["/a"])
            .addLocalFile(folder.path + "/d/a", to: "/app/one", mode: 0o640).runCommands("ls")
        let source = folder.path + "/d"
        #expect(
            try image.lazyLocalFilesGroupedForVolumeMounts() == [
                "/app": [
                    LazyLocalFile(
                        src: source + "/.chalkignore", dest: "/app/.chalkignore", mountRoot: "/app"),
                    LazyLocalFile(src: source + "/sub/b", dest: "/app/link", mountRoot: "/app"),
                    LazyLocalFile(src: source + "/a", dest: "/app/one", mode: 0o640),
                    LazyLocalFile(src: source + "/sub/b", dest: "/app/sub/b", mountRoot: "/app"),
                ]
            ])
        var copy = try image.lazyLocalFiles
        copy.removeAll()
        #expect(try image.lazyLocalFiles.count == 4)
        #expect(image.volumeWarnings.count == 1)
        try image.validateLazyLocalFilesForVolumeMounts()
        let rooted = try image.addLocalFile(folder.path + "/d/a", to: "/a")
        #expect(
            problem { try rooted.validateLazyLocalFilesForVolumeMounts() }.contains(
                "needs a volume at \"/\", which no runtime mounts; use strategy \"copy\""))
        #expect(
            problem { _ = try rooted.lazyLocalFilesGroupedForVolumeMounts() }.contains(
                "needs a volume at \"/\""))
    }
}
