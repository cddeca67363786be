import Testing

@testable import ChalkSpec

@Suite("What the wire cannot say")
struct ProtobufConversionTests {
    let files = FakeFiles.sample

    private func wire(_ spec: ImageSpec, head: DockerfileHead? = nil) throws -> ImageSpec {
        let inlining = LocalInlining(files: files, listing: files.listing)
        return try ImageSpec.read(protobuf: spec.protobuf(inlining: inlining, head: head))
    }

    @Test("Requirements become packages, apt becomes a command")
    func installs() throws {
        let files = FakeFiles([
            "/work/r.txt":
                "--index-url https://e.org/simple\nb==1 \\\n  --hash=sha256:aa\na ; python_version<'4'\n"
        ])
        let spec = try ImageSpec.base("a").pipInstallFromRequirements("r.txt", in: files.here)
            .uvPipInstallFromRequirements("r.txt", in: files.here).aptInstall(["curl"])
        let lines = ["--index-url https://e.org/simple", "b==1 --hash=sha256:aa", "a ; python_version<'4'"]
        #expect(
            try wire(spec)
                == ImageSpec.base("a").pipInstall(lines).uvPipInstall(lines)
                .runCommands([InstallCommand.apt(["curl"]).shell]))
    }

    @Test("Constraints cannot be said")
    func constraints() throws {
        let files = FakeFiles(["/work/r.txt": "a\n-c c.txt\n", "/work/c.txt": "b<2\n"])
        let spec = try ImageSpec.base("a").runCommands(["x"]).pipInstallFromRequirements(
            "r.txt", in: files.here)
        #expect(
            problem { _ = try spec.protobuf() }
                == "steps[1].pipInstallFromRequirements: the requirements come with constraints, which protobuf "
                + "cannot say; keep the spec as JSON")
    }

    @Test("Copied files are inlined with their execute bit, volumes are left out")
    func locals() throws {
        let here = files.here
        let spec = try ImageSpec.base("a").addLocalFile("a.txt", to: "/a", strategy: .copy, in: here)
            .addLocalFile("run.sh", to: "/run", strategy: .copy, in: here)
            .addLocalFile("run.sh", to: "/run2", mode: 0o600, strategy: .copy, in: here)
            .addLocalFile("a.txt", to: "/lazy/a", in: here).addLocalDir("src", to: "/lazy", in: here)
            .addLocalDir("src", to: "/app", strategy: .copy, in: here)
            .addLocalDir("src", to: "/", strategy: .copy, in: here)
        let script = Array("#!/bin/sh\n".utf8)
        let main = Array("print()\n".utf8)
        let expected = try ImageSpec.base("a").addFile(Array("alpha".utf8), to: "/a")
            .addFile(script, to: "/run", mode: 0o755).addFile(script, to: "/run2", mode: 0o600)
            .addFile([0x78], to: "/app/lib/tool", mode: 0o755).addFile(main, to: "/app/main.py")
            .addFile([0x78], to: "/lib/tool", mode: 0o755).addFile(main, to: "/main.py")
        #expect(try wire(spec) == expected)
    }

    @Test("Local files past 32 KiB in all are an error with the sizes")
    func limit() throws {
        var files = files
        files.contents["/work/big"] = [UInt8](repeating: 0, count: 32_768)
        let here = files.here
        let inlining = LocalInlining(files: files, listing: files.listing)
        let fits = try ImageSpec.base("a").addLocalFile("big", to: "/big", strategy: .copy, in: here)
        #expect(try fits.protobuf(inlining: inlining).count > 32_768)
        let tooBig = try fits.addLocalFile("a.txt", to: "/a", strategy: .copy, in: here)
        #expect(
            problem { _ = try tooBig.protobuf(inlining: inlining) }
                == "steps[1].addLocalFile: the local files to copy come to 32773 bytes so far (\"/work/big\" has "
                + "32768); a protobuf spec can hold 32768: use strategy \"volume\", or keep the spec as JSON")
        files.contents["/work/src/huge"] = [UInt8](repeating: 0, count: 40_000)
        let dir = try ImageSpec.base("a").addLocalDir("src", to: "/a", strategy: .copy, in: files.here)
        let code = #expect(throws: SpecError.self) {
            try dir.protobuf(inlining: LocalInlining(files: files, listing: files.listing))
        }?.code
        #expect(code == .tooLarge)
        // Bytes that came in the message itself are not counted.
        let given = try ImageSpec.base("a").addFile([UInt8](repeating: 1, count: 100_000), to: "/x")
        #expect(try ImageSpec.read(protobuf: given.protobuf()) == given)
    }

    @Test("Local files need someone who reads them, and must still be there")
    func unreadable() throws {
        let spec = try ImageSpec.base("a").addLocalFile("a.txt", to: "/a", strategy: .copy, in: files.here)
        #expect(
            problem { _ = try spec.protobuf() }
                == "steps[0].addLocalFile: the local files cannot be read here, so protobuf cannot hold them")
        let gone = FakeFiles()
        #expect(
            problem { _ = try spec.protobuf(inlining: LocalInlining(files: gone, listing: gone.listing)) }
                == "steps[0].addLocalFile.src: there is no file \"/work/a.txt\" any more")
        let dir = try ImageSpec.base("a").addLocalDir("src", to: "/a", strategy: .copy, in: files.here)
        let refusing = LocalInlining(files: files) { _ in
            throw FakeFiles.Missing(description: "permission denied")
        }
        #expect(
            problem { _ = try dir.protobuf(inlining: refusing) }
                == "steps[0].addLocalDir.src: cannot list \"/work/src\": permission denied")
        let odd = LocalInlining(files: files) { _ in
            [ListedFile(path: [0xFF], source: "/work/a.txt", executable: false, size: 5)]
        }
        #expect(
            problem { _ = try dir.protobuf(inlining: odd) }
                == "steps[0].addLocalDir.src: the name \"\u{FFFD}\" is not UTF-8, which protobuf cannot say; exclude "
                + "the file or rename it")
    }

    @Test("A Dockerfile of one stage becomes its base and its commands")
    func dockerfile() throws {
        let spec = try ImageSpec.fromDockerfile("Dockerfile", in: files.here).runCommands(["x"])
        let head = DockerfileHead(baseImage: "debian", commands: ["RUN true"])
        let expected = try ImageSpec.base("debian").dockerfileCommands(["RUN true"]).runCommands(["x"])
        #expect(try wire(spec, head: head) == expected)
        #expect(try wire(spec, head: DockerfileHead(baseImage: "a", commands: [])).steps.count == 1)
        #expect(
            problem { _ = try spec.protobuf() }
                == "dockerfile: \"/work/Dockerfile\" cannot be written as protobuf: only a Dockerfile with one "
                + "stage and without ARG before FROM can")
    }
}
