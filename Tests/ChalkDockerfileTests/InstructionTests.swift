import Testing

@testable import ChalkDockerfile

@Suite struct InstructionTests {
    @Test func from() throws {
        let file = try parsed("FROM --platform=linux/arm64 Reg.io/A:1@sha256:00 As Build-1.x_y\n")
        #expect(
            file.stages[0].from
                == FromInstruction(
                    base: "Reg.io/A:1@sha256:00", platform: "linux/arm64", alias: "build-1.x_y"))
        #expect(try parsed("FROM --platform= a").stages[0].platform == nil)
    }

    @Test func argEnvLabel() throws {
        #expect(
            try only("ARG a b= c=\"d=e\"")
                == .arg(
                    ArgInstruction([
                        .init(name: "a"), .init(name: "b", defaultValue: ""),
                        .init(name: "c", defaultValue: "\"d=e\""),
                    ])))
        let pairs = [NamedValue(name: "a", value: "1"), NamedValue(name: "b", value: "'x y'")]
        #expect(try only("ENV a=1 b='x y'") == .env(EnvInstruction(pairs)))
        #expect(try only("label a=1 b='x y'") == .label(LabelInstruction(pairs)))
        #expect(try only("ENV a  b = c") == .env(EnvInstruction([NamedValue(name: "a", value: "b = c")])))
    }

    @Test func runForms() throws {
        #expect(try only("RUN  a  b ") == .run(RunInstruction(command: .shell("a  b"))))
        #expect(try only("RUN [\"a\", \"b c\"]") == .run(RunInstruction(command: .exec(["a", "b c"]))))
        #expect(try only("RUN [\"a\"") == .run(RunInstruction(command: .shell("[\"a\""))))
        #expect(try only("RUN") == .run(RunInstruction(command: .shell(""))))
        #expect(try only("RUN []") == .run(RunInstruction(command: .exec([]))))
        var isolated = RunInstruction(command: .shell("x"))
        isolated.network = .none
        isolated.security = .insecure
        #expect(try only("RUN --network=none --security=insecure x") == .run(isolated))
    }

    private func step(_ text: String) throws -> RunInstruction.Step {
        guard case .run(let run) = try only(text) else { throw DockerfileError(.value, "not RUN") }
        return run.step
    }

    @Test func runSteps() throws {
        #expect(try step("RUN x") == .shell("x"))
        #expect(try step("RUN [\"x\"]") == .exec(["x"]))
        #expect(try step("RUN <<EOF\n\ta $x\nb\nEOF\n") == .shell("\ta $x\nb\n"))
        #expect(try step("RUN <<-'EOF'\n\ta\n\t\tb\n\tEOF\n") == .shell("a\nb\n"))
        #expect(try step("RUN <<EOF\n#!/bin/x\ny\nEOF\n") == .script(name: "EOF", contents: "#!/bin/x\ny\n"))
        #expect(try step("RUN 4<<EOF\na\nEOF\n") == .shell("a\n"))
        #expect(try step("RUN cat <<EOF\n#!x\nEOF\n") == .shell("cat <<EOF\n#!x\nEOF"))
        #expect(
            try step("RUN cat <<A <<-'B' | x\n1\nA\n\t2\n\tB\n") == .shell("cat <<A <<-'B' | x\n1\nA\n\t2\nB")
        )
    }

    @Test func devices() throws {
        guard case .run(let run) = try only("RUN --device=v/c=d,required --device=name=x,required=false y")
        else {
            Issue.record("not RUN")
            return
        }
        #expect(run.devices.map(\.name) == ["v/c=d", "x"])
        #expect(run.devices.map(\.isRequired) == [true, false])
    }

    @Test func copyAndAdd() throws {
        var copy = CopyInstruction(operands: CopyOperands(paths: ["a b", "c"], destination: "/d/"))
        copy.from = "Base"
        copy.chown = "u:g"
        copy.chmod = "u=rwX,go="
        copy.link = true
        copy.parents = true
        copy.excludes = ["*.a", "b c"]
        let flags =
            "--from=Base --chown=u:g --chmod=u=rwX,go= --link --parents=TRUE --exclude=*.a --exclude='b c'"
        #expect(try only("COPY \(flags) [\"a b\",\"c\",\"/d/\"]") == .copy(copy))
        var add = AddInstruction(operands: CopyOperands(paths: ["https://x/y"], destination: "/z"))
        add.checksum = "sha256:12"
        add.keepGitDirectory = true
        add.unpack = false
        #expect(
            try only("ADD --checksum=sha256:12 --keep-git-dir --unpack=False https://x/y /z") == .add(add))
        let plain = CopyInstruction(operands: CopyOperands(paths: ["x"], destination: "y"))
        #expect(try only("COPY --chown= --link=false x y") == .copy(plain))
    }

    @Test func inlineFiles() throws {
        let text = "COPY a <<x.txt b <<-\"y z\" /d\n$v\nx.txt\n\t1\n\t\t2\n\ty z\n"
        // The quoted delimiter has a space, so that the words do not fit the announcement.
        #expect(throws: DockerfileError.self) { try only(text) }
        let operands = CopyOperands(
            paths: ["a", "b"],
            inlineFiles: [
                InlineFile(name: "x.txt", contents: Array("$v\n".utf8), expands: true),
                InlineFile(name: "yz", contents: Array("1\n2\n".utf8)),
            ], destination: "/d")
        let right = "COPY a <<x.txt b <<-\"yz\" /d\n$v\nx.txt\n\t1\n\t\t2\n\tyz\n"
        #expect(try only(right) == .copy(CopyInstruction(operands: operands)))
        #expect(try only("ADD" + right.dropFirst(4)) == .add(AddInstruction(operands: operands)))
        let json = CopyOperands(paths: ["<<EOF"], destination: "/x")
        #expect(try only("COPY [\"<<EOF\", \"/x\"]") == .copy(CopyInstruction(operands: json)))
    }

    @Test func settings() throws {
        #expect(try only("USER a:b ") == .user(UserInstruction(user: "a:b")))
        #expect(try only("WORKDIR a b") == .workdir(WorkdirInstruction(path: "a b")))
        #expect(try only("STOPSIGNAL 9") == .stopSignal(StopSignalInstruction(signal: "9")))
        #expect(try only("VOLUME [\" /a \",\"b\"]") == .volume(VolumeInstruction(paths: ["/a", "b"])))
        #expect(try only("SHELL [\"a\",\"\"]") == .shell(ShellInstruction(arguments: ["a", ""])))
        #expect(try only("CMD") == .cmd(CmdInstruction(command: .shell(""))))
        #expect(try only("ENTRYPOINT []") == .entrypoint(EntrypointInstruction(command: .exec([]))))
        #expect(try only("MAINTAINER a <b>") == .maintainer(MaintainerInstruction(author: "a <b>")))
    }

    @Test func healthcheck() throws {
        var check = HealthcheckInstruction(test: ["CMD-SHELL", "a  b"])
        check.interval = 90_000_000_000
        check.timeout = 1_500_000
        check.startPeriod = 3_600_000_000_000
        check.startInterval = 2_000_000_000
        check.retries = 7
        let flags = "--interval=1m30s --timeout=1.5ms --start-period=1h --start-interval=+2s --retries=7"
        #expect(try only("HEALTHCHECK \(flags) cmd a  b") == .healthcheck(check))
        #expect(
            try only("HEALTHCHECK CMD [\"a\",\"b\"]")
                == .healthcheck(HealthcheckInstruction(test: ["CMD", "a", "b"])))
        #expect(try only("HEALTHCHECK None") == .healthcheck(HealthcheckInstruction(test: ["NONE"])))
    }

    static let durations: [(String, Int64?)] = [
        ("0", 0), ("1ns", 1), ("1us", 1_000), ("1\u{B5}s", 1_000), ("1\u{3BC}s", 1_000),
        ("1h1m1s1ms", 3_661_001_000_000),
        (".5s", 500_000_000), ("1.s", 1_000_000_000), ("0.1ns", 0), ("-1s", -1_000_000_000), ("", nil),
        ("1", nil), ("s", nil),
        (".s", nil), ("1d", nil), ("1 s", nil), ("+", nil), ("99999999999h", nil),
        ("9223372036854775807ns", .max),
        ("9223372036854775808ns", nil), ("-9223372036854775808ns", .min),
        ("1.123456789123456789s", 1_123_456_789),
    ]

    @Test(arguments: durations)
    func durationTexts(_ text: String, _ nanoseconds: Int64?) {
        #expect(DurationText.nanoseconds(text) == nanoseconds)
    }

    @Test func onbuild() throws {
        #expect(
            try only("ONBUILD  RUN a \\\n  b  ") == .onbuild(OnbuildInstruction(expression: "RUN a   b  ")))
        #expect(
            try only("onbuild run <<E\nx\nE\n") == .onbuild(OnbuildInstruction(expression: "run <<E\nx\nE")))
        let trigger = try Dockerfile.parseTrigger("COPY <<E /y\nx\nE", name: "base")
        let operands = CopyOperands(
            paths: [], inlineFiles: [InlineFile(name: "E", contents: Array("x\n".utf8), expands: true)],
            destination: "/y")
        #expect(trigger.instruction == .copy(CopyInstruction(operands: operands)))
        for wrong in ["", "FROM x", "ONBUILD RUN x", "RUN a\nRUN b", "NONSENSE"] {
            #expect(throws: DockerfileError.self) { try Dockerfile.parseTrigger(wrong, name: "base") }
        }
    }

    static let ports: [(String, [String]?)] = [
        ("80", ["80/tcp"]), ("80/udp", ["80/udp"]), ("80/UDP", ["80/udp"]), ("80/", ["80/tcp"]),
        ("8000-8002/sctp", ["8000/sctp", "8001/sctp", "8002/sctp"]),
        ("1-1", ["1/tcp"]), ("8080:80", ["80/tcp"]), ("1-2:3-4", ["3/tcp", "4/tcp"]),
        ("8000-9000:80", ["80/tcp"]),
        ("127.0.0.1:8080:80", ["80/tcp"]), ("[::1]:1:2", ["2/tcp"]), (":80", ["80/tcp"]), ("", nil),
        ("x", nil), ("65536", nil),
        ("-1", nil), ("2-1", nil), ("80/icmp", nil), ("1-2:3", ["3/tcp"]), ("1:2-3", nil),
        ("300.1.1.1:1:2", nil), ("80-", nil),
        ("99999999999999999999", nil),
    ]

    @Test(arguments: ports)
    func exposedPorts(_ word: String, _ expected: [String]?) throws {
        let expose = ExposeInstruction(ports: [word])
        if let expected {
            #expect(try expose.exposedPorts() == expected)
        } else {
            #expect(throws: DockerfileError.self) { try expose.exposedPorts() }
        }
    }

    @Test func stagesAreFound() throws {
        let file = try parsed(
            """
            ARG v=1
            FROM a AS One
            RUN x
            FROM b
            FROM one AS two
            FROM c AS one
            CMD y
            """)
        #expect(file.metaArgs.map(\.text) == ["ARG v=1"])
        #expect(file.stages.map(\.alias) == ["one", nil, "two", "one"])
        #expect(file.stages.map(\.instructions.count) == [1, 0, 0, 1])
        #expect(file.stages.resolve("ONE")?.index == 3)
        #expect(file.stages.resolve("one", before: 2)?.index == 0)
        #expect(file.stages.resolve("1")?.baseName == "b")
        #expect(file.stages.resolve("1", before: 1) == nil)
        #expect(file.stages.resolve("4") == nil)
        #expect(file.stages.resolve("-1") == nil)
        #expect(file.stages.resolve("nine") == nil)
        #expect(file.stages[0].range.start.line == 2)
        #expect(file.stages[0].range.end.line == 3)
        #expect(file.stages[3].instructions[0].line == 7)
    }

    @Test func placesAndComments() throws {
        let file = try parsed(
            "# syntax=x\n# about\n# check=skip=Y\nFROM a\n\n# one\n\n#\n# two\nRUN b \\\n# in\n\n c\n\n# free\n"
        )
        #expect(file.directives == [ParserDirective(name: .syntax, value: "x", line: 1)])
        #expect(file.stages[0].opening.syntax.comments == ["about", "check=skip=Y"])
        let run = try #require(file.stages[0].instructions.first)
        #expect(run.syntax.comments == ["two"])
        #expect(run.syntax.lines == 10...13)
        #expect(run.text == "RUN b  c")
        #expect(file.warnings == [DockerfileWarning(message: "a continued line is empty", line: 13)])
        #expect(run.syntax.words[0].range.start == SourcePosition(line: 10, column: 5, offset: 61))
        #expect(run.syntax.words[0].range.end.line == 13)
    }
}
