import Testing

@testable import ChalkSpec

@Suite("Calls that make a spec")
struct BuilderTests {
    let here = FakeFiles.sample.here

    @Test("Every call answers a new value and leaves the receiver as it was")
    func immutable() throws {
        let parent = try ImageSpec.base("ubuntu:22.04").runCommands(["true"])
        let before = parent
        let left = try parent.pipInstall(["requests"]).env(["A": "1"])
        let right = try parent.workdir("/app").cmd(["x"]).entrypoint(["y"])
        #expect(parent == before)
        #expect(left.steps.count == 2 && right.steps.count == 1)
        #expect(left.workdir == nil && right.env.isEmpty)
    }

    @Test("Bases")
    func bases() throws {
        #expect(try ImageSpec.base("ghcr.io/org/image:tag").base == .reference("ghcr.io/org/image:tag"))
        #expect(try ImageSpec.debianSlim().base == .reference("python:3.12-slim-bookworm"))
        #expect(try ImageSpec.debianSlim("3.11").base == .reference("python:3.11-slim-bookworm"))
        #expect(try ImageSpec.base("scratch") == ImageSpec.scratch)
        #expect(try ImageSpec.base("python:3.12 AS build").base == .reference("python:3.12"))
    }

    @Test("A Dockerfile stays byte for byte")
    func dockerfile() throws {
        let text =
            "# escape=`\r\nARG V=1 `\r\n  X\r\n\r\n# c\r\nFROM debian:$V AS a\r\nRUN <<E\r\n  # x\r\nE\r\n"
        let files = FakeFiles(["/work/d": text])
        let spec = try ImageSpec.fromDockerfile("./d", in: files.here).runCommands(["true"])
        #expect(spec.base == .dockerfile(DockerfileSource(path: "/work/d", contents: Array(text.utf8))))
        #expect(spec.steps == [BuildStep(.runCommands(["true"]))])
    }

    @Test(
        "Where a Dockerfile's first stage starts",
        arguments: [
            ("FROM a", true), ("from a", true), ("\n\n# FROM x\n", false), ("", false),
            ("RUN x\nFROM a\n", false),
            ("ARG A=\\\nFROM\nFROM a", true), ("ARG A=\\\nFROM b\n", false), ("\u{FEFF}FROM a", true),
            ("# escape=`\nARG A=`\nFROM b\nFROM c", true), ("# x\n# escape=`\nARG A=`\nFROM b", true),
            ("FROM\\\n a", true), ("ARG A\n  FROM a", true),
        ])
    func stage(text: String, starts: Bool) {
        #expect(DockerfileSource(path: "/d", contents: Array(text.utf8)).startsAStage == starts)
    }

    @Test("Steps keep their order and their strings")
    func steps() throws {
        let spec = try ImageSpec.base("a").runCommands(["a", "b c\nd"]).pipInstall([
            "x>=1; python_version<'4'"
        ])
        .uvPipInstall(["polars"]).aptInstall(["curl", "git=1:2*"]).dockerfileCommands(["USER root", ""])
        .addFile([1, 2], to: "//a///b", mode: 0o600)
        .pipInstallFromRequirements("requirements.txt", in: here)
        .uvPipInstallFromRequirements("requirements.txt", in: here)
        .uvSync(UvSync(pyprojectTomlLZ4: [1], uvLockLZ4: [2], extras: ["dev"], workdir: "/x/"))
        let requirements = Requirements(options: [], requirements: ["requests>=2.28"], constraints: [])
        #expect(
            spec.steps.map(\.kind) == [
                .runCommands(["a", "b c\nd"]), .pipInstall(["x>=1; python_version<'4'"]),
                .uvPipInstall(["polars"]),
                .aptInstall(["curl", "git=1:2*"]), .dockerfileCommands(["USER root", ""]),
                .addFile(AddFile(destination: "/a/b", content: [1, 2], mode: 0o600)),
                .pipInstallRequirements(requirements), .uvPipInstallRequirements(requirements),
                .uvSync(UvSync(pyprojectTomlLZ4: [1], uvLockLZ4: [2], extras: ["dev"], workdir: "/x")),
            ])
    }

    @Test("Nothing asked for is no step")
    func noOps() throws {
        let files = FakeFiles(["/work/empty.txt": "# nothing\n--index-url https://e.org\n"])
        let spec = try ImageSpec.base("a").runCommands([]).pipInstall([]).uvPipInstall([]).aptInstall([])
            .dockerfileCommands([]).dockerfileCommands(["", " "])
            .pipInstallFromRequirements("empty.txt", in: files.here)
            .uvPipInstallFromRequirements("empty.txt", in: files.here).env([:]).entrypoint([]).cmd([])
        #expect(try spec == ImageSpec.base("a"))
    }

    @Test("env merges, workdir, entrypoint and cmd are replaced")
    func settings() throws {
        let spec = try ImageSpec.base("a").env(["B": "1", "A": "x=\ny"]).env(["B": "2", "Z": ""]).workdir(
            "/a"
        )
        .workdir("//b/./c//").entrypoint(["e"]).entrypoint(["f", ""]).cmd(["c"]).cmd([])
        #expect(spec.sortedEnv.map { "\($0.name)=\($0.value)" } == ["A=x=\ny", "B=2", "Z="])
        #expect(spec.workdir == "/b/c" && spec.entrypoint == ["f", ""] && spec.cmd.isEmpty)
        #expect(try spec.workdir("/").workdir == "/")
    }

    @Test("Local files are made absolute and checked at the call")
    func localFiles() throws {
        let spec = try ImageSpec.base("a").addLocalFile("./a.txt", to: "/app//a.txt", in: here)
            .addLocalFile("/work/../work/a.txt", to: "/b", mode: 0o7777, strategy: .copy, in: unchecked)
            .addLocalDir("src/", to: "/app/", exclude: ["*.pyc"], archive: true, in: here)
            .addLocalDir(".", to: "/", strategy: .copy, in: here)
        #expect(
            spec.steps.map(\.kind) == [
                .addLocalFile(
                    LocalFile(src: "/work/a.txt", dest: "/app/a.txt", mode: nil, strategy: .volume)),
                .addLocalFile(
                    LocalFile(src: "/work/../work/a.txt", dest: "/b", mode: 0o7777, strategy: .copy)),
                .addLocalDir(
                    LocalDir(
                        src: "/work/src", dest: "/app", strategy: .volume, exclude: ["*.pyc"], archive: true)),
                .addLocalDir(LocalDir(src: "/work", dest: "/", strategy: .copy, exclude: [], archive: false)),
            ])
    }

    private var unchecked: SpecLocation {
        SpecLocation(directory: "/work", files: FakeFiles(["/work/../work/a.txt": "x"]))
    }

    @Test("A step is equal to one that was written elsewhere")
    func origins() {
        #expect(
            BuildStep(.runCommands(["a"]), origin: "steps[1].runCommands") == BuildStep(.runCommands(["a"])))
        #expect(Set([BuildStep(.pipInstall(["a"]), origin: "x"), BuildStep(.pipInstall(["a"]))]).count == 1)
    }
}
