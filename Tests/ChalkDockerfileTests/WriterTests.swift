import ChalkTestSupport
import Testing

@testable import ChalkDockerfile

@Suite struct WriterTests {
    private func written(_ instruction: Instruction) throws -> String {
        var writer = DockerfileWriter()
        try writer.append(instruction)
        return writer.text
    }

    private func env(_ name: String, _ value: String) -> Instruction {
        .env(EnvInstruction([NamedValue(name: name, value: value)]))
    }

    @Test func texts() throws {
        #expect(
            try written(.from(FromInstruction(base: "a:1", platform: "linux/amd64", alias: "b")))
                == "FROM --platform=linux/amd64 a:1 AS b\n")
        #expect(try written(env("A", "b/c")) == "ENV A=b/c\n")
        #expect(try written(env("A", "")) == "ENV A=\"\"\n")
        #expect(try written(env("A", "x \"y\" $z \\ 'w'")) == "ENV A=\"x \\\"y\\\" \\$z \\\\ 'w'\"\n")
        #expect(
            try written(.label(LabelInstruction([.init(name: "a b", value: "c")]))) == "LABEL \"a b\"=c\n")
        #expect(
            try written(.arg(ArgInstruction([.init(name: "a"), .init(name: "b", defaultValue: "$c")])))
                == "ARG a b=\"\\$c\"\n")
        #expect(try written(.workdir(WorkdirInstruction(path: "/a b"))) == "WORKDIR \"/a b\"\n")
        #expect(try written(.user(UserInstruction(user: "a:b"))) == "USER a:b\n")
        #expect(
            try written(.volume(VolumeInstruction(paths: ["/a", "/$b"]))) == "VOLUME [\"/a\", \"/\\\\$b\"]\n")
        #expect(try written(.expose(ExposeInstruction(ports: ["80/tcp", "443"]))) == "EXPOSE 80/tcp 443\n")
        #expect(try written(.stopSignal(StopSignalInstruction(signal: "SIGINT"))) == "STOPSIGNAL SIGINT\n")
        #expect(
            try written(.shell(ShellInstruction(arguments: ["/bin/sh", "-c"])))
                == "SHELL [\"/bin/sh\", \"-c\"]\n")
        #expect(
            try written(.cmd(CmdInstruction(command: .exec(["a", "\u{1}\n\"é"]))))
                == "CMD [\"a\", \"\\u0001\\n\\\"é\"]\n")
        #expect(try written(.cmd(CmdInstruction(command: .exec([])))) == "CMD []\n")
        #expect(
            try written(.entrypoint(EntrypointInstruction(command: .shell("a  $b")))) == "ENTRYPOINT a  $b\n")
        #expect(
            try written(.onbuild(OnbuildInstruction(expression: "RUN <<E\nx\nE")))
                == "ONBUILD RUN <<E\nx\nE\n")
        #expect(try written(.maintainer(MaintainerInstruction(author: "a <b>"))) == "MAINTAINER a <b>\n")
    }

    @Test func copies() throws {
        var copy = CopyInstruction(operands: CopyOperands(paths: ["a", "b"], destination: "/c/"))
        copy.from = "x"
        copy.chown = "1:2"
        copy.chmod = "u+x"
        copy.link = true
        copy.excludes = ["a b", "*.c"]
        #expect(
            try written(.copy(copy))
                == "COPY --from=x --chown=1:2 --chmod=u+x --link --exclude=\"a b\" --exclude=*.c a b /c/\n")
        let spaced = CopyInstruction(
            operands: CopyOperands(paths: ["a b", "$c", "d\\e"], destination: "/it's"))
        #expect(
            try written(.copy(spaced)) == #"COPY ["a b", "\\$c", "d\\\\e", "/it\\'s"]"# + "\n")
        var add = AddInstruction(operands: CopyOperands(paths: ["u"], destination: "/"))
        add.checksum = "sha256:0"
        add.unpack = false
        #expect(try written(.add(add)) == "ADD --checksum=sha256:0 --unpack=false u /\n")
        let inline = CopyOperands(
            paths: ["p"], inlineFiles: [InlineFile(name: "f.txt", contents: Array("$a\n".utf8))],
            destination: "/d")
        #expect(try written(.copy(CopyInstruction(operands: inline))) == "COPY p <<\"f.txt\" /d\n$a\nf.txt\n")
    }

    @Test func healthchecks() throws {
        var check = HealthcheckInstruction(test: ["CMD-SHELL", "curl x || exit 1"])
        check.interval = 90_000_000_000
        check.timeout = 1_500_000
        check.retries = 3
        #expect(
            try written(.healthcheck(check))
                == "HEALTHCHECK --interval=90s --timeout=1500000ns --retries=3 CMD curl x || exit 1\n")
        #expect(try written(.healthcheck(HealthcheckInstruction(test: ["NONE"]))) == "HEALTHCHECK NONE\n")
        #expect(
            try written(.healthcheck(HealthcheckInstruction(test: ["CMD", "a b"])))
                == "HEALTHCHECK CMD [\"a b\"]\n")
    }

    static let runs: [(String, String)] = [
        ("a && b", "RUN a && b\n"),
        ("a \\\n  && b", "RUN a \\\n  && b\n"),
        ("a\nb", "RUN [\"/bin/sh\", \"-c\", \"a\\nb\"]\n"),
        ("a\n", "RUN [\"/bin/sh\", \"-c\", \"a\\n\"]\n"),
        ("echo 'a \\\n b'", "RUN [\"/bin/sh\", \"-c\", \"echo 'a \\\\\\n b'\"]\n"),
        ("a \\\n# b", "RUN [\"/bin/sh\", \"-c\", \"a \\\\\\n# b\"]\n"),
        ("a \\\n\\\n b", "RUN a \\\n\\\n b\n"),
        ("[\"a\"]", "RUN [\"/bin/sh\", \"-c\", \"[\\\"a\\\"]\"]\n"),
        ("[ -f x ]", "RUN [ -f x ]\n"),
        ("--a", "RUN [\"/bin/sh\", \"-c\", \"--a\"]\n"),
        ("cat <<EOF", "RUN [\"/bin/sh\", \"-c\", \"cat <<EOF\"]\n"),
        (" a", "RUN [\"/bin/sh\", \"-c\", \" a\"]\n"),
        ("a\\", "RUN [\"/bin/sh\", \"-c\", \"a\\\\\"]\n"),
        ("# a", "RUN # a\n"),
        ("echo \"$x\" ${y", "RUN echo \"$x\" ${y\n"),
    ]

    @Test(arguments: runs)
    func shellTexts(_ text: String, _ expected: String) throws {
        #expect(try written(.run(RunInstruction(command: .shell(text)))) == expected)
    }

    @Test func theShellInForceCounts() throws {
        var writer = DockerfileWriter()
        try writer.append(.from(FromInstruction(base: "a")))
        try writer.append(.shell(ShellInstruction(arguments: ["/bin/bash", "-ec"])))
        try writer.append(.run(RunInstruction(command: .shell("a\nb"))))
        try writer.append(.from(FromInstruction(base: "b")))
        try writer.append(.cmd(CmdInstruction(command: .shell("c\nd"))))
        writer.appendVerbatim("USER x")
        writer.appendComment("one\ntwo")
        #expect(
            writer.text
                == """
                FROM a
                SHELL ["/bin/bash", "-ec"]
                RUN ["/bin/bash", "-ec", "a\\nb"]
                FROM b
                CMD ["/bin/sh", "-c", "c\\nd"]
                USER x
                # one
                # two

                """)
        var commented = DockerfileWriter()
        commented.appendComment("escape=`")
        #expect(commented.text == "#\n# escape=`\n")
    }

    static let impossible: [(Instruction, String)] = [
        (
            .env(EnvInstruction([.init(name: "A", value: "x\ny")])),
            "no Dockerfile text can say this ENV A; change its value, for example a line feed"
        ),
        (
            .label(LabelInstruction([.init(name: "a=b", value: "c")])),
            "no Dockerfile text can say this LABEL a=b; change its value, for example a line feed"
        ),
        (
            .from(FromInstruction(base: "a b")),
            "no Dockerfile text can say this FROM; change its value, for example a line feed"
        ),
        (
            .workdir(WorkdirInstruction(path: "a\nb")),
            "no Dockerfile text can say this WORKDIR; change its value, for example a line feed"
        ),
    ]

    @Test(arguments: impossible)
    func whatNoTextCanSay(_ instruction: Instruction, _ sentence: String) {
        #expect {
            try written(instruction)
        } throws: {
            "\($0)" == sentence
        }
    }

    @Test func whatElseNoTextCanSay() {
        let unwritable: [Instruction] = [
            env("", "x"), .user(UserInstruction(user: "a\nb")),
            .stopSignal(StopSignalInstruction(signal: "a\nb")),
            .shell(ShellInstruction(arguments: [])), .volume(VolumeInstruction(paths: [""])),
            .expose(ExposeInstruction(ports: ["a b"])), .onbuild(OnbuildInstruction(expression: "FROM x")),
            .copy(CopyInstruction(operands: CopyOperands(paths: [], destination: "x"))),
            .copy(
                CopyInstruction(
                    operands: CopyOperands(
                        paths: [], inlineFiles: [InlineFile(name: "e", contents: Array("no end".utf8))],
                        destination: "x"))),
            .copy(
                CopyInstruction(
                    operands: CopyOperands(
                        paths: [], inlineFiles: [InlineFile(name: "e", contents: Array("e\n".utf8))],
                        destination: "x"))),
            .arg(ArgInstruction([.init(name: "a b")])),
            .healthcheck(HealthcheckInstruction(test: ["CMD-SHELL", "a\nb"])),
        ]
        for instruction in unwritable {
            #expect(throws: DockerfileError.self, "\(instruction)") { try written(instruction) }
        }
    }

    @Test func longLinesAreFolded() throws {
        let packages = (0..<9000).map { "package-number-\($0)" }.joined(separator: " ")
        let run = try written(.run(RunInstruction(command: .shell("apt-get install \(packages)"))))
        #expect(run.split(separator: "\n").allSatisfy { $0.utf8.count <= 60_001 })
        #expect(try only(run) == .run(RunInstruction(command: .shell("apt-get install \(packages)"))))
        let value = String(repeating: "a\\\"$ #", count: 30_000)
        let text = try written(env("A", value))
        #expect(text.split(separator: "\n").allSatisfy { $0.utf8.count <= 60_001 })
        #expect(try only(text).expanding(with: { _ in nil }) == env("A", value))
        #expect(throws: DockerfileError.self) { try written(env("A", String(repeating: "#", count: 70_000))) }
    }

    /// Any value without a line feed comes back; with one it is refused, never changed.
    @Test(arguments: [31, 32, 33] as [UInt64])
    func valuesComeBack(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let letters = [
            "a", "Z", "0", "_", "=", " ", "  ", "\t", "\n", "\r", "\\", "\\\\", "\"", "'", "`", "$", "${",
            "}", "$a", "${a:-b}", "#", "<<", "<<EOF",
            "[", "]", "{", ",", ":", "é", "🎉", "\u{A0}", "\u{2028}", "\u{FEFF}", "\u{0}", "\u{7F}", "--",
            "\\n", "&&", "*", "%", "/", "e\u{301}",
        ]
        for round in 0..<400 {
            let value = (0..<random.below(10)).map { _ in random.pick(letters) }.joined()
            let name =
                round % 3 == 0 ? "N" : "n" + (0..<random.below(4)).map { _ in random.pick(letters) }.joined()
            let instructions: [Instruction] = [
                env(name, value),
                .label(LabelInstruction([.init(name: name, value: value), .init(name: "z", value: value)])),
                .arg(ArgInstruction([.init(name: "n", defaultValue: value)])),
                .workdir(WorkdirInstruction(path: "/" + value)),
                .user(UserInstruction(user: "u" + value)),
                .cmd(CmdInstruction(command: .exec([value, value]))),
                .run(RunInstruction(command: .exec(["x", value]))),
                .volume(VolumeInstruction(paths: ["/" + value + "/"])),
                .copy(
                    CopyInstruction(
                        operands: CopyOperands(paths: ["./" + value, "b"], destination: "/" + value))),
                .shell(ShellInstruction(arguments: ["s", value])),
                .run(RunInstruction(command: .shell(value))),
                .cmd(CmdInstruction(command: .shell(value))),
            ]
            for instruction in instructions {
                let label = Comment(
                    rawValue:
                        "seed \(seed), round \(round): \(value.debugDescription) in \(instruction.keyword)")
                var text = ""
                do {
                    text = try written(instruction)
                } catch let error as DockerfileError {
                    #expect(error.code == .unwritable, label)
                    let isExcused = (value + name).utf8.contains(UInt8(ascii: "\n")) || name.contains("=")
                    #expect(isExcused, label)
                    continue
                }
                let back = try only(text).expanding(with: { _ in nil })
                if case .run(let run) = instruction, case .shell(let script) = run.command {
                    guard case .run(let other) = back else {
                        Issue.record(label)
                        continue
                    }
                    let joined = ShellContinuations.joined(script) ?? script
                    let isSame = [.shell(script), .shell(joined), .exec(["/bin/sh", "-c", script])].contains(
                        other.command)
                    #expect(isSame, label)
                } else if case .cmd(let cmd) = instruction, case .shell(let script) = cmd.command {
                    let joined = ShellContinuations.joined(script) ?? script
                    let same: [CommandLine] = [
                        .shell(script), .shell(joined), .exec(["/bin/sh", "-c", script]),
                    ]
                    #expect(same.contains { back == .cmd(CmdInstruction(command: $0)) }, label)
                } else {
                    #expect(back == instruction, label)
                }
            }
        }
    }

    /// What the corpus says, written again from its typed form.
    @Test(arguments: FixtureCase.all)
    func theCorpusIsWritable(_ fixture: FixtureCase) throws {
        guard let file = try? Dockerfile.parse(try fixture.bytes(), name: "f") else { return }
        for stage in file.stages {
            for parsed in [stage.opening] + stage.instructions {
                guard let expanded = try? parsed.expanding(with: { _ in "v" }).instruction else { continue }
                var writer = DockerfileWriter()
                do throws(DockerfileError) {
                    try writer.append(expanded)
                } catch {
                    // A body that is not UTF-8 has no text; everything else in the corpus has one.
                    #expect(fixture.name == "heredoc-binary-body", "\(error): \(parsed.text)")
                    continue
                }
                let back = try DockerfileFragment.parse([writer.text], name: "f")
                #expect(back.instructions.count + back.stages.count == 1)
            }
        }
    }
}
