import ChalkDockerfile
import ChalkOCI
import ChalkPlan
import ChalkSpec
import Testing

struct PlanLoweringTests {
    @Test func envAndWorkdirComeFirst() throws {
        let spec = try ImageSpec.base("base").runCommands(["one"]).env(["B": "2", "A": "1"]).workdir("/w")
            .cmd(["c"])
            .entrypoint(["e"])
        let graph = try Plans.plan(spec)
        let stage = graph.stages[graph.target]
        #expect(
            stage.steps.map(\.title) == [
                "ENV A=1", "ENV B=2", "WORKDIR /w", "RUN one", "ENTRYPOINT [\"e\"]", "CMD [\"c\"]",
            ])
        #expect(stage.steps.map(\.kind) == [.config, .config, .workdir, .run, .config, .config])
        let run = try #require(Plans.runs(graph).first)
        #expect(run.environment == ["PATH=/bin", "FROM_BASE=1", "A=1", "B=2"])
        #expect(run.workingDirectory == "/w" && run.user == "")
        #expect(run.arguments == ["/bin/sh", "-c", "one"])
    }

    struct Ending: Sendable {
        let lines: String
        let entrypoint: [String]?
        let command: [String]?
    }

    /// An ENTRYPOINT drops the CMD that was inherited, never one of the same stage.
    @Test(arguments: [
        Ending(lines: "", entrypoint: nil, command: ["base-command"]),
        Ending(lines: "ENTRYPOINT [\"e\"]", entrypoint: ["e"], command: nil),
        Ending(lines: "CMD [\"c\"]\nENTRYPOINT [\"e\"]", entrypoint: ["e"], command: ["c"]),
        Ending(lines: "ENTRYPOINT [\"e\"]\nCMD [\"c\"]", entrypoint: ["e"], command: ["c"]),
        Ending(lines: "CMD c d", entrypoint: nil, command: ["/bin/sh", "-c", "c d"]),
        Ending(lines: "SHELL [\"/s\"]\nENTRYPOINT e", entrypoint: ["/s", "e"], command: nil),
        Ending(lines: "CMD []", entrypoint: nil, command: nil),
        Ending(lines: "ENTRYPOINT [\"e\"]\nENTRYPOINT []", entrypoint: nil, command: nil),
    ])
    func endings(ending: Ending) throws {
        let graph = try Plans.plan(dockerfile: "FROM base\n\(ending.lines)\n")
        #expect(graph.stages[0].runtime.entrypoint == ending.entrypoint)
        #expect(graph.stages[0].runtime.command == ending.command)
    }

    @Test func specsResetTheCommandToo() throws {
        let reset = try Plans.plan(try ImageSpec.base("base").entrypoint(["e"])).stages[0].runtime
        #expect(reset.entrypoint == ["e"] && reset.command == nil)
        let own = try Plans.plan(
            try ImageSpec.base("base").dockerfileCommands(["CMD [\"c\"]"]).entrypoint(["e"]))
        #expect(own.stages[0].runtime.command == ["c"])
        let inherited = try Plans.plan(
            dockerfile: "FROM base AS a\nCMD [\"a\"]\nFROM a\nENTRYPOINT [\"e\"]\n")
        #expect(inherited.stages[1].runtime.command == nil)
    }

    @Test func argumentsBeforeFrom() throws {
        let text = """
            ARG NAME=debian
            ARG TAG=${NAME}-12
            FROM ${NAME}:${TAG} AS one
            ARG NAME
            ARG TAG=own
            RUN true
            FROM one
            RUN true

            """
        let graph = try Plans.plan(dockerfile: text)
        #expect(try graph.stages[0].base == Plans.image("debian:debian-12"))
        #expect(graph.stages[1].base == .stage(0))
        // A stage that starts from another has its arguments too.
        #expect(
            Plans.runs(graph)[0].environment == ["PATH=/bin", "FROM_BASE=1", "NAME=debian", "TAG=own"])
        let first = try Plans.plan(dockerfile: text, target: "one", arguments: ["NAME": "alpine"])
        #expect(try first.stages[0].base == Plans.image("alpine:alpine-12"))
        #expect(
            Plans.runs(first)[0].environment.sorted() == [
                "FROM_BASE=1", "NAME=alpine", "PATH=/bin", "TAG=own",
            ])
    }

    @Test func platformArgumentsNeedADeclaration() throws {
        let graph = try Plans.plan(
            dockerfile: "FROM base\nENV A=$TARGETARCH\nARG TARGETARCH\nENV B=$TARGETARCH\n")
        #expect(graph.stages[0].runtime.value(of: "A") == "")
        #expect(graph.stages[0].runtime.value(of: "B") == "amd64")
        let head = try Plans.plan(dockerfile: "FROM base-$TARGETOS\n")
        #expect(try head.stages[0].base == Plans.image("base-linux"))
    }

    @Test func stagesCanBeForAnotherPlatform() throws {
        let text = """
            FROM --platform=linux/arm64 tools AS tools
            RUN make
            FROM tools AS more
            FROM --platform=$TARGETPLATFORM base
            COPY --from=more /x /x
            COPY --from=image /y /y

            """
        let graph = try Plans.plan(dockerfile: text)
        let arm = Platform(os: "linux", architecture: "arm64")
        #expect(graph.stages.map(\.platform.architecture) == ["arm64", "arm64", "amd64", "amd64"])
        #expect(try graph.stages[0].base == Plans.image("tools", arm))
        #expect(try graph.stages[2].base == Plans.image("base"))
        #expect(try graph.stages[3].base == Plans.image("image"))
        #expect(throws: PlanError.self) { try Plans.plan(dockerfile: "FROM --platform=pdp-11 a\n") }
    }

    @Test func unusedBuildArgumentsAreWarnedOf() throws {
        let graph = try Plans.plan(
            dockerfile: "FROM base\nARG USED\n", arguments: ["USED": "1", "LOST": "2", "https_proxy": "3"])
        #expect(graph.warnings == ["the build argument LOST is declared by no ARG, so nothing uses it"])
    }

    @Test func onlyNeededStagesAskForTheirBase() throws {
        let text = """
            FROM first AS a
            FROM second AS b
            FROM third AS c
            COPY --from=a /x /x
            FROM c

            """
        func asked(_ target: String?) throws -> [String] {
            var names: [String] = []
            let spec = try ImageSpec.fromDockerfile("Dockerfile", in: Plans.location(text))
            let request = PlanRequest(platform: .host, target: target)
            let graph = try PlanGraph.lower(try Definition(spec), request) { image, _ in
                names.append(image.source.description)
                return Plans.base()
            }
            #expect(graph.neededStages.last == graph.target)
            return names
        }
        #expect(try asked(nil).count == 2)
        #expect(try asked("B").count == 1)
        #expect(try asked("0") == asked("a"))
        let error = #expect(throws: PlanError.self) { try asked("nobody") }
        #expect(
            error?.description == "there is no stage \"nobody\" to build; name one that a FROM ... AS begins")
        #expect(error?.code == .invalid)
    }

    @Test func imagesAreAskedForWithTheLineThatNamesThem() throws {
        let spec = try ImageSpec.fromDockerfile(
            "Dockerfile",
            in: Plans.location(
                """
                FROM first
                COPY --from=second /a /b
                RUN --mount=from=third,target=/x \\
                    --mount=from=second,target=/y ls

                """))
        var asked: [String] = []
        _ = try PlanGraph.lower(try Definition(spec), PlanRequest(platform: .host)) { image, place in
            asked.append("\(image.source.description) of \(place ?? "nowhere")")
            return Plans.base()
        }
        #expect(
            asked == [
                "docker.io/library/first of /spec/Dockerfile:1",
                "docker.io/library/second of /spec/Dockerfile:2",
                "docker.io/library/third of /spec/Dockerfile:3",
            ])
    }

    @Test func triggersComeFirstAndAreUsedUp() throws {
        let base = Plans.base { $0.onBuild = ["ENV FROM_TRIGGER=$FROM_BASE", "RUN trigger"] }
        let graph = try Plans.plan(dockerfile: "FROM base\nONBUILD RUN later\nRUN mine\n", base: base)
        #expect(graph.stages[0].steps.map(\.title).first == "ENV FROM_TRIGGER=$FROM_BASE")
        #expect(Plans.runs(graph).map { $0.arguments.last } == ["trigger", "mine"])
        #expect(graph.stages[0].runtime.onBuild == ["RUN later"])
    }

    @Test func workdirsAndUsers() throws {
        let graph = try Plans.plan(
            dockerfile: "FROM base\nWORKDIR a\nUSER app\nWORKDIR ../b/./c\nVOLUME /v v2\nRUN true\n")
        let directories = graph.stages[0].steps.compactMap { step -> DirectoryOperation? in
            if case .directories(let operation) = step.operation { return operation }
            return nil
        }
        #expect(directories.map(\.paths) == [["/a"], ["/b/c"], ["/v", "/b/c/v2"]])
        #expect(directories.map(\.owner) == [nil, "app", nil])
        #expect(graph.stages[0].runtime.volumes == ["/v", "v2"])
        let run = Plans.runs(graph)[0]
        #expect(run.user == "app" && run.workingDirectory == "/b/c")
    }

    /// Decision 0001: only a stage that reads its base anyway looks destinations up.
    @Test func stagesThatRunFollowTheTree() throws {
        func follows(_ spec: ImageSpec) throws -> [Bool] {
            try Plans.plan(spec).stages[0].steps.compactMap { step in
                if case .files(let operation) = step.operation { return operation.followsTree }
                return nil
            }
        }
        let file = try ImageSpec.base("base").addFile([1], to: "/x")
        #expect(try follows(file) == [false])
        #expect(try follows(file.env(["A": "1"]).dockerfileCommands(["USER app", "EXPOSE 1"])) == [false])
        #expect(try follows(file.runCommands(["true"])) == [true])
        #expect(try follows(file.dockerfileCommands(["VOLUME /v"])) == [true])
        #expect(
            try follows(
                ImageSpec.fromDockerfile("Dockerfile", in: Plans.location("FROM a")).addFile([1], to: "/x"))
                == [true])
    }

    @Test(arguments: [
        ("RUN --device=gpu true", "RUN --device=gpu is not supported"),
        (
            "RUN --security=insecure true",
            "RUN --security=insecure would give the step every capability, which chalk-image never does; drop the flag"
        ),
    ])
    func whatIsNotSupportedSaysWhere(line: String, sentence: String) throws {
        let file = #expect(throws: PlanError.self) { try Plans.plan(dockerfile: "FROM base\n\n\(line)\n") }
        #expect(file?.description == "/spec/Dockerfile:3: \(sentence)")
        #expect(file?.code == .unsupported)
        let spec = #expect(throws: PlanError.self) {
            try Plans.plan(try ImageSpec.base("base").dockerfileCommands(["USER x", line]))
        }
        #expect(spec?.description == "steps[0].dockerfileCommands:2: \(sentence)")
    }
}
