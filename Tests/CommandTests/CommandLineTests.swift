import ChalkTestSupport
import Foundation
import Testing

/// Exit codes and sentences for what is wrong, and what a build says when it is right.
@Suite struct CommandLineTests {
    struct Wrong: Sendable, CustomTestStringConvertible {
        let words: [String]
        let status: Int32
        let error: String
        init(_ words: String, _ status: Int32, _ error: String) {
            self.words = words.split(separator: " ").map(String.init)
            self.status = status
            self.error = error
        }
        var testDescription: String { words.joined(separator: " ") }
    }

    static let none = "sha256:" + String(repeating: "0", count: 64)
    static let wrongs = [
        Wrong("frobnicate", 2, #"unknown command "frobnicate"; see `chalk-image --help`"#),
        Wrong("biuld x", 2, #"unknown command "biuld"; did you mean build?; see `chalk-image --help`"#),
        Wrong(
            "ignore lst", 2,
            "ignore needs one more word: ignore list, ignore check, ignore diff, ignore conformance; "
                + "see `chalk-image --help`"),
        Wrong("build", 2, "a SPEC or a CONTEXT is missing; see `chalk-image build --help`"),
        Wrong("build a b", 2, #""b" is one word too many; see `chalk-image build --help`"#),
        Wrong("build nope.json", 3, "there is no spec file nope.json"),
        Wrong(
            "build src", 3,
            "there is no Dockerfile in src; name one with -f FILE, or a spec file in its place"),
        Wrong(
            "build image.json --tagg x", 2,
            "unknown flag --tagg; did you mean --tag?; see `chalk-image build --help`"),
        Wrong("build image.json -x", 2, "unknown flag -x; see `chalk-image build --help`"),
        Wrong(
            "build image.json --no-cache=maybe", 2,
            "--no-cache takes no value but true or false; see `chalk-image build --help`"),
        Wrong("build image.json -q -q", 2, "-q is given twice; see `chalk-image build --help`"),
        Wrong(
            "build image.json --progress=loud", 2,
            #"--progress is auto, tty, plain, json or quiet, not "loud"; see `chalk-image build --help`"#),
        Wrong("build image.json --push", 2, "--push needs a name: -t REF; see `chalk-image build --help`"),
        Wrong(
            "build image.json -o type=zip,dest=x", 2,
            "the type of an output is oci, oci-archive, docker-archive, dir or tar, not \"zip\"; "
                + "see `chalk-image build --help`"),
        Wrong("build image.json -o type=tar", 2, "an output needs dest=PATH; see `chalk-image build --help`"),
        Wrong(
            "build image.json -t Upper", 2,
            #""Upper" is not an image reference: the repository must be lower case"#),
        Wrong(
            "build image.json --platform x", 2,
            #"--platform is OS/ARCH such as linux/amd64, not "x"; see `chalk-image build --help`"#),
        Wrong(
            "build image.json --network moon", 2,
            #"--network is default, none or host, not "moon"; see `chalk-image build --help`"#),
        Wrong(
            "build image.json --compression lzma", 2,
            #"--compression is gzip, zstd or none, not "lzma"; see `chalk-image build --help`"#),
        Wrong(
            "build image.json --compression gzip,level=12", 2,
            "--compression takes levels 0 to 9 for gzip, not 12; see `chalk-image build --help`"),
        Wrong(
            "build image.json --compression zstd,level=0", 2,
            "--compression takes levels 1 to 19 for zstd, not 0; see `chalk-image build --help`"),
        Wrong(
            "build image.json --compression none,level=1", 2,
            #"--compression none has no level, as in "none,level=1"; see `chalk-image build --help`"#),
        Wrong(
            "build image.json --compression gzip,speed=1", 2,
            #"--compression is TYPE[,level=N], not "gzip,speed=1"; see `chalk-image build --help`"#),
        Wrong(
            "build image.json --compression gzip,level=1,level=2", 2,
            #"--compression has one level, not two as in "gzip,level=1,level=2"; see `chalk-image build --help`"#
        ),
        Wrong(
            "build image.json --build-arg =x", 2,
            #"--build-arg is NAME=VALUE, not "=x"; see `chalk-image build --help`"#),
        Wrong("build -f nope .", 3, #"dockerfile: there is no file "LAB/nope""#),
        Wrong("build -f Dockerfile nowhere", 3, "the build context nowhere is not a directory"),
        Wrong(
            "build -f Dockerfile . --target zzz", 2,
            #"there is no stage "zzz" to build; name one that a FROM ... AS begins"#),
        Wrong(
            "inspect nope", 3,
            "there is no image docker.io/library/nope:latest in the store; build, pull or import it first"),
        Wrong(
            "inspect sha256:00", 2,
            #""sha256:00" is not a digest: sha256: and 64 hexadecimal digits"#),
        Wrong("inspect \(none)", 3, "there is no image \(none) in the store"),
        Wrong("rm nope", 3, "there is no image nope in the store"),
        Wrong(
            "tag nope other", 3,
            "there is no image docker.io/library/nope:latest in the store; build, pull or import it first"),
        Wrong(
            "export busybox", 2,
            "an output is missing: -o type=TYPE,dest=PATH; see `chalk-image export --help`"),
        Wrong("import nowhere", 3, "there is nothing to import at LAB/nowhere"),
        Wrong(
            "import image.json", 1,
            "cannot import LAB/image.json: the archive is damaged or cut short: Unrecognized archive format"),
        Wrong(
            "pull localhost:1/x", 1,
            "cannot pull manifest localhost:1/x:latest: localhost:1 cannot be reached (connection refused); "
                + "check its name and the network"),
        Wrong(
            "prune --older-than soon", 2,
            #"--older-than is a number of hours, not "soon"; see `chalk-image prune --help`"#),
        Wrong("verify all", 2, #""all" is one word too many; see `chalk-image verify --help`"#),
        Wrong(
            "images --store image.json", 1,
            "LAB/image.json is not a directory and so no store; name another with --store"),
    ]

    @Test func wrongWordsSayWhatIsWrong() throws {
        let lab = try CommandLab(withBase: true)
        try lab.write(#"{"baseImage": "busybox"}"#, "image.json")
        try lab.write("FROM busybox\n", "Dockerfile")
        try lab.write("x", "src/x")
        for wrong in CommandLineTests.wrongs {
            let ran = try lab.chalk(wrong.words)
            #expect(ran.status == wrong.status, "\(wrong)")
            let expected = wrong.error.replacingOccurrences(of: "LAB", with: lab.path)
            #expect(ran.errors == "error: \(expected)\n", "\(wrong)")
            #expect(ran.bytes.isEmpty, "\(wrong)")
        }
    }

    static let specs: [(spec: String, status: Int32, error: String)] = [
        ("{", 2, "line 1, column 2: the text ends inside an object"),
        ("{}", 2, "the spec names no base: give one of baseImage, debianSlim and dockerfile"),
        (
            #"{"baseImage": ""}"#, 2,
            #"baseImage: is empty; name an image, such as "python:3.12-slim-bookworm", or "scratch""#
        ),
        (
            #"{"baseImage": "busybox", "stepz": []}"#, 2,
            "stepz: this key is not known here; known are baseImage, debianSlim, dockerfile, steps, entrypoint, "
                + "cmd, workdir, env"
        ),
        (
            #"{"baseImage": "busybox", "steps": [{"runCommands": {"commands": [""]}}]}"#, 2,
            "steps[0].runCommands.commands[0]: is empty; give a shell command or leave it out"
        ),
        (
            #"{"baseImage": "busybox", "workdir": "rel"}"#, 2,
            #"workdir: "rel" is not absolute; a path in the image starts with "/""#
        ),
        (#"{"baseImage": "busybox", "env": {"A=B": "x"}}"#, 2, #"env: the name "A=B" holds "=""#),
        (
            #"{"baseImage": "busybox", "steps": [{"addLocalDir": {"src": "no", "dest": "/x", "strategy": "copy"}}]}"#,
            2, #"steps[0].addLocalDir.src: there is no directory "LAB/no""#
        ),
        (
            #"{"baseImage": "busybox", "steps": [{"addFile": {"destination": "/x", "content": "!!"}}]}"#, 2,
            "steps[0].addFile.content: is not base64"
        ),
    ]

    @Test func wrongSpecsNameTheJSONPath() throws {
        let lab = try CommandLab(withBase: true)
        for (spec, status, error) in CommandLineTests.specs {
            try lab.write(spec, "w.json")
            let ran = try lab.chalk(["build", "w.json"])
            #expect(ran.status == status, "\(spec)")
            #expect(
                ran.errors == "error: w.json: \(error.replacingOccurrences(of: "LAB", with: lab.path))\n",
                "\(spec)")
        }
        // A volume at the root is found when somebody builds, not when the value is made.
        try lab.write(
            #"{"baseImage": "busybox", "steps": [{"addLocalDir": {"src": ".", "dest": "/"}}]}"#, "w.json")
        let ran = try lab.chalk(["build", "w.json"])
        #expect(ran.status == 2)
        #expect(ran.errors.hasPrefix("error: ") && ran.errors.contains("copy"), "\(ran.errors)")
    }

    static let dockerfiles: [(text: String, status: Int32, error: String)] = [
        (
            "RUN x\n", 2,
            #"dockerfile: "LAB/D" does not start with FROM (only ARG and comments may precede it)"#
        ),
        ("FROM busybox\nFOO x\n", 2, "LAB/D:2: unknown instruction FOO; did you mean FROM?"),
        (
            "FROM busybox\n\nCOPY nope /\n", 1,
            "LAB/D:3: nope is not in the build context LAB; check the path"
        ),
        ("FROM busybox\nENV\n", 2, "LAB/D:2: ENV needs at least one argument, NAME=value"),
        (
            "FROM busybox\nEXPOSE a\n", 2,
            #"LAB/D:2: EXPOSE cannot take "a": a port is a number up to 65535 or a range such as 8000-8010"#
        ),
        (
            "FROM busybox\nRUN <<E\nls\n", 2,
            "LAB/D:2: the here-document has no end; add a line that is just E"
        ),
    ]

    @Test func wrongDockerfilesNameTheLine() throws {
        let lab = try CommandLab(withBase: true)
        for (text, status, error) in CommandLineTests.dockerfiles {
            try lab.write(text, "D")
            let ran = try lab.chalk(["build", "-f", "D", ".", "-q"])
            #expect(ran.status == status, "\(text)")
            #expect(
                ran.errors == "error: \(error.replacingOccurrences(of: "LAB", with: lab.path))\n", "\(text)")
        }
    }

    @Test func aFailingRunShowsItsLastLines() throws {
        let lab = try CommandLab(withBase: true)
        try lab.write(
            #"{"baseImage": "busybox", "steps": [{"runCommands": {"commands": ["seq 1 40; exit 7"]}}]}"#,
            "w.json")
        let ran = try lab.chalk(["build", "w.json", "-q", "-t", "never"])
        #expect(ran.status == 1)
        let last = (21...40).map { "  | \($0)\n" }.joined()
        #expect(
            ran.errors
                == "error: steps[0].runCommands: \"RUN seq 1 40; exit 7\" ended with exit code 7; its last lines:\n"
                + last)
        #expect(ran.bytes.isEmpty)
        #expect(try lab.chalk(["inspect", "never"]).status == 3)
        #expect(try lab.check("verify").status == 0)

        try lab.write("FROM busybox\nRUN sh -c 'kill -9 $$'; exit $?\n", "D")
        let killed = try lab.chalk(["build", "-f", "D", ".", "-q"])
        #expect(killed.status == 1)
        #expect(
            killed.errors.contains(#"D:2: "RUN sh -c 'kill -9 $$'; exit $?" ended with exit code 137"#),
            "\(killed.errors)")

        try lab.write(
            #"{"baseImage": "busybox", "steps": [{"pipInstall": {"packages": ["six"]}}]}"#, "w.json")
        let pip = try lab.chalk(["build", "w.json", "-q"])
        #expect(pip.status == 1)
        #expect(
            pip.errors.contains(
                "pipInstall needs pip in the base image; start from debianSlim or install python3-pip"))
    }

    @Test func aResultThatCannotBeWrittenIsAFailure() throws {
        let lab = try CommandLab(withBase: true)
        let script = #""$0" images --store "$1" >/dev/full"#
        let ran = try BuiltCommand.run(["sh", "-c", script, try BuiltCommand.path(), lab.store])
        #expect(ran.status == 1)
        #expect(ran.errors == "error: cannot write to standard output: no space left on device\n")
        let gone = try BuiltCommand.run(
            [
                "bash", "-c", #""$0" images --store "$1" | true; exit ${PIPESTATUS[0]}"#,
                try BuiltCommand.path(), lab.store,
            ])
        #expect(gone.status == 0 && gone.errors.isEmpty)
    }

    @Test func helpAndVersionAreResults() throws {
        let lab = try CommandLab()
        for words in [["--help"], ["help"], ["-h"]] {
            let ran = try BuiltCommand.run([try BuiltCommand.path()] + words)
            #expect(ran.status == 0)
            #expect(
                ran.output.hasPrefix("Build container images from specs and Dockerfiles, without a daemon.\n")
            )
        }
        let bare = try BuiltCommand.run([try BuiltCommand.path()])
        #expect(bare.status == 2 && bare.bytes.isEmpty && bare.errors.contains("usage: chalk-image COMMAND"))
        for words in [["version"], ["--version"]] {
            let ran = try BuiltCommand.run([try BuiltCommand.path()] + words)
            #expect(ran.status == 0 && ran.output.hasPrefix("chalk-image ") && ran.errors.isEmpty)
        }
        // Every command that the overview lists has its own help.
        let overview = try BuiltCommand.check([try BuiltCommand.path(), "--help"]).output
        let names = overview.split(separator: "\n").filter { $0.hasPrefix("  ") && !$0.hasPrefix("   ") }
            .compactMap { $0.dropFirst(2).split(separator: "  ").first.map(String.init) }
        #expect(names.count >= 18, "\(names)")
        for name in names {
            let words = name.split(separator: " ").map(String.init)
            let help = try BuiltCommand.check([try BuiltCommand.path()] + words + ["--help"])
            #expect(help.output.contains("usage: chalk-image \(name)"), "\(name)")
        }
        _ = lab
    }
}
