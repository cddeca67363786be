import ChalkImage
import Foundation
import Testing

/// Where our design decides otherwise than the published SDK. Each test shows both results.
@Suite("Differences to the published SDK")
struct ImageSDKDifferenceTests {
    private func sdk() throws -> ImageSDKImages { try ImageSDKImages.shared() }
    private func base() throws -> Image { try ImageSDKCase.base() }

    private func theirs(_ name: String) throws -> Image { try Image(protobuf: sdk().protobuf(name)) }

    private func problem(_ body: () throws -> Void) -> String {
        do {
            try body()
            return "no error"
        } catch {
            return "\(error)"
        }
    }

    @Test("debianSlim stays on bookworm and 3.12")
    func suite() throws {
        #expect(try theirs("differs_suite") == Image.base("python:3.12-slim-trixie"))
        #expect(try Image.debianSlim() == Image.base("python:3.12-slim-bookworm"))
    }

    @Test("A Dockerfile with several stages is not flattened")
    func stages() throws {
        #expect(
            try theirs("differs_stages")
                == Image.base("debian").dockerfileCommands(["RUN make", "COPY --from=build /x /x"]))
        let path = try sdk().file("Stages")
        let ours = try Image.fromDockerfile(path)
        #expect(ours.description == "Image(dockerfile: \(path), steps: 0)")
        #expect(
            problem { _ = try ours.protobuf() }
                == "dockerfile: \"\(path)\" cannot be written as protobuf: only a Dockerfile with one stage and "
                + "without ARG before FROM can")
    }

    @Test("A here-document keeps its indentation and blank lines")
    func heredoc() throws {
        #expect(
            try theirs("differs_heredoc")
                == Image.base("debian").dockerfileCommands(["RUN <<EOF", "echo  hi", "EOF"]))
        let ours = try Image(protobuf: Image.fromDockerfile(sdk().file("Heredoc")).protobuf())
        #expect(try ours == Image.base("debian").dockerfileCommands(["RUN <<EOF\n  echo  hi\n\nEOF"]))
    }

    @Test("The name of a stage is not part of the base")
    func namedStage() throws {
        let bytes = try sdk().protobuf("differs_named_stage")
        #expect(String(decoding: bytes, as: UTF8.self).contains("debian AS final"))
        let ours = try Image.fromDockerfile(sdk().file("Named"))
        #expect(try Image(protobuf: ours.protobuf()) == theirs("differs_named_stage"))
        #expect(try theirs("differs_named_stage") == Image.base("debian").dockerfileCommands(["RUN true"]))
    }

    @Test("A Dockerfile without FROM is an error")
    func noFrom() throws {
        #expect(try theirs("differs_no_from") == Image.scratch.dockerfileCommands(["RUN true"]))
        let path = try sdk().file("NoFrom")
        #expect(
            problem { _ = try Image.fromDockerfile(path) }
                == "dockerfile: \"\(path)\" does not start with FROM (only ARG and comments may precede it)")
    }

    @Test("A file that its owner may execute stays executable")
    func executeBit() throws {
        let script = Array("#!/bin/sh\n".utf8)
        let run = Array("#!/bin/sh\nexec \"$@\"\n".utf8)
        #expect(
            try theirs("differs_execute_bit")
                == base().addFile(run, to: "/run.sh").addFile(script, to: "/s/run.sh"))
        let ours = try base().addLocalFile(sdk().file("run.sh"), to: "/run.sh", strategy: .copy)
            .addLocalDir(sdk().file("scripts"), to: "/s", strategy: .copy)
        #expect(
            try Image(protobuf: ours.protobuf())
                == base().addFile(run, to: "/run.sh", mode: 0o755).addFile(
                    script, to: "/s/run.sh", mode: 0o755))
    }

    @Test("A missing directory, or a file in its place, is an error")
    func missing() throws {
        #expect(try theirs("differs_missing_dir") == base())
        #expect(try theirs("differs_file_as_dir") == base())
        let missing = try sdk().file("nope")
        #expect(
            problem { _ = try base().addLocalDir(missing, to: "/n", strategy: .copy) }
                == "addLocalDir.src: there is no directory \"\(missing)\"")
        let file = try sdk().file("main.py")
        #expect(
            problem { _ = try base().addLocalDir(file, to: "/n", strategy: .copy) }
                == "addLocalDir.src: \"\(file)\" is a file; add it with addLocalFile")
    }

    @Test("Ignore patterns without a slash hold at every depth")
    func ignoreRules() throws {
        let theirFiles = try theirs("differs_ignore_rules")
        let log = Array("2".utf8)
        #expect(
            try theirFiles
                == base().addFile(Array("*.log\nbuild/\n".utf8), to: "/r/.gitignore")
                .addFile(Array("3".utf8), to: "/r/build/out.o").addFile(log, to: "/r/deep/b.log")
                .addFile(Array("5".utf8), to: "/r/main.py"))
        let ours = try base().addLocalDir(sdk().file("rules"), to: "/r", strategy: .copy)
        #expect(
            try Image(protobuf: ours.protobuf())
                == base().addFile(Array("secret.txt\n".utf8), to: "/r/.chalkignore")
                .addFile(Array("*.log\nbuild/\n".utf8), to: "/r/.gitignore")
                .addFile(Array("5".utf8), to: "/r/main.py"))
    }

    @Test("exclude patterns too")
    func exclude() throws {
        let text = Array("e".utf8)
        #expect(
            try theirs("differs_exclude")
                == base().addFile(Array("c".utf8), to: "/r/b/c.py").addFile(text, to: "/r/b/d/e.txt"))
        let ours = try base().addLocalDir(sdk().file("src"), to: "/r", strategy: .copy, exclude: ["*.py"])
        #expect(try Image(protobuf: ours.protobuf()) == base().addFile(text, to: "/r/b/d/e.txt"))
    }

    @Test("A requirements file is read as pip reads it")
    func requirements() throws {
        #expect(
            try theirs("differs_requirements")
                == base().pipInstall(["-r more.txt", "a>=1  # why", "b==1 \\", "--hash=sha256:aa"]))
        let ours = try base().pipInstallFromRequirements(sdk().file("layout.txt"))
        #expect(
            try Image(protobuf: ours.protobuf()) == base().pipInstall(["c", "a>=1", "b==1 --hash=sha256:aa"]))
    }

    @Test(
        "What the SDK lets through is refused, in code and when its bytes are read",
        arguments: [
            (
                "differs_relative_dest",
                "addFile.destination: \"app/main.py\" is not absolute; a path in the image starts with \"/\""
            ),
            (
                "differs_relative_workdir",
                "workdir: \"app\" is not absolute; a path in the image starts with \"/\""
            ),
            (
                "differs_empty_command",
                "runCommands.commands[0]: is empty; give a shell command or leave it out"
            ),
        ])
    func refused(name: String, message: String) throws {
        let bytes = try sdk().protobuf(name)
        let place = name == "differs_relative_workdir" ? "" : "steps[0]."
        #expect(problem { _ = try Image(protobuf: bytes) } == place + message)
        let code = problem {
            switch name {
            case "differs_relative_dest": _ = try base().addFile([], to: "app/main.py")
            case "differs_relative_workdir": _ = try base().workdir("app")
            default: _ = try base().runCommands("")
            }
        }
        #expect(code == message)
    }

    @Test("archive with copy is an error")
    func archiveCopy() throws {
        #expect(try theirs("differs_archive_copy") != base())
        let path = try sdk().file("src")
        #expect(
            problem { _ = try base().addLocalDir(path, to: "/a", strategy: .copy, archive: true) }
                == "addLocalDir.archive: works only with strategy \"volume\"; leave it out, or use \"volume\""
        )
    }

    @Test("/app/ and /app are one group")
    func mountSlash() throws {
        #expect(try Set(sdk().volumes("differs_mount_slash").groups.keys) == ["/app", "/app/"])
        let ours = try base().addLocalDir(sdk().file("src"), to: "/app/")
            .addLocalFile(sdk().file("main.py"), to: "/app/main.py")
        #expect(
            try ours.lazyLocalFilesGroupedForVolumeMounts().mapValues { $0.map(\.dest) } == [
                "/app": ["/app/a.py", "/app/b/c.py", "/app/b/d/e.txt", "/app/main.py"]
            ])
    }

    @Test("Two sources for one destination are an error")
    func twoSources() throws {
        #expect(try sdk().volumes("differs_two_sources").groups["/app"] == ["/app/x", "/app/x"])
        let (main, run) = try (sdk().file("main.py"), sdk().file("run.sh"))
        let ours = try base().addLocalFile(main, to: "/app/x").addLocalFile(run, to: "/app/x")
        #expect(
            problem { _ = try ours.lazyLocalFilesGroupedForVolumeMounts() }
                == "\"/app/x\" comes from two sources, \"\(main)\" and \"\(run)\"; leave one out, change its "
                + "destination, or use strategy \"copy\"")
    }

    @Test("A link that leaves the directory is an error")
    func link() throws {
        #expect(try sdk().volumes("differs_link").files.map(\.dest) == ["/l/out.py"])
        let path = try sdk().file("linked")
        #expect(
            problem { _ = try base().addLocalDir(path, to: "/l").lazyLocalFiles }.contains(
                "\"\(path)/out.py\" leads out of the directory; exclude it, or use strategy \"copy\""))
    }
}
