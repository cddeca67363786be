import ChalkOCI
import ChalkPlan
import ChalkSpec
import Testing

/// What is part of the cache key of a RUN and what is not.
struct StepInputsTests {
    private static let text = """
        FROM base
        ARG ARGUMENT=1
        ENV NAME=value
        USER app
        WORKDIR /w
        RUN --mount=type=cache,target=/cache make

        """

    private let settings = LayerSettings(format: "1 gzip 6", epoch: .defaultEpoch)
    private static let platform = Platform(os: "linux", architecture: "amd64")

    private func inputs(
        _ text: String = StepInputsTests.text, parent: ChainID? = nil, settings: LayerSettings? = nil,
        platform: Platform = StepInputsTests.platform, arguments: [String: String] = [:],
        base: RuntimeConfig = Plans.base()
    ) throws -> NamedInputs {
        let run = try #require(
            Plans.runs(try Plans.plan(dockerfile: text, arguments: arguments, base: base)).first)
        return run.inputs(
            parent: parent, platform: platform, settings: settings ?? self.settings,
            content: { "the files of \($0.origin)" })
    }

    @Test func theTableNamesEverything() throws {
        #expect(
            try inputs().inputs.map(\.name) == [
                "parent", "command", "ENV PATH", "ENV FROM_BASE", "ENV NAME", "ENV ARGUMENT", "USER",
                "WORKDIR",
                "mount /cache", "platform", "SOURCE_DATE_EPOCH", "layer format",
            ])
    }

    @Test(arguments: [
        ("make", "make all"), ("NAME=value", "NAME=other"), ("USER app", "USER app:app"), ("/w", "/v"),
        ("ARGUMENT=1", "ARGUMENT=2"), ("target=/cache", "target=/other"), ("type=cache", "type=cache,id=own"),
        ("type=cache", "type=cache,ro"), ("type=cache", "type=tmpfs"), ("RUN ", "RUN --network=none "),
        ("USER app", "SHELL [\"/bin/bash\", \"-c\"]\nUSER app"),
    ])
    func whatAStepSeesMovesItsKey(old: String, new: String) throws {
        let changed = StepInputsTests.text.replacing(old, with: new)
        #expect(changed != StepInputsTests.text)
        #expect(try inputs(changed).key != inputs().key)
    }

    @Test func layersAndSettingsMoveTheKey() throws {
        let diff = DiffID(Digest.of([1]))
        let keys = [
            try inputs().key, try inputs(parent: ChainID(diff, on: nil)).key,
            try inputs(arguments: ["ARGUMENT": "given"]).key,
            try inputs(base: Plans.base { $0.environment.append("MORE=1") }).key,
            try inputs(
                settings: LayerSettings(format: "1 zstd 3", epoch: settings.epoch)
            ).key,
            try inputs(
                settings: LayerSettings(format: settings.format, epoch: Timestamp(1))
            ).key,
            try inputs(platform: Platform(os: "linux", architecture: "arm64")).key,
        ]
        #expect(Set(keys).count == keys.count)
    }

    @Test(arguments: [
        ("make\n", "make\nENV LATER=1\n"), ("make\n", "make\nUSER other\nCMD x\n"),
        ("FROM base\n", "FROM base\nLABEL a=b\nEXPOSE 80\nHEALTHCHECK CMD true\n"),
        ("FROM base\n", "# a comment\n\nFROM base AS name\n"), ("ENV NAME=value", "ENV NAME=\"value\""),
        ("USER app", "USER x\nUSER app"), ("make\n", "\\\n    make\n"),
        ("type=cache", "type=cache,mode=0700,uid=5,sharing=locked"),
    ])
    func whatAStepDoesNotSeeLeavesItsKey(old: String, new: String) throws {
        let changed = StepInputsTests.text.replacing(old, with: new)
        #expect(changed != StepInputsTests.text)
        #expect(try inputs(changed).key == inputs().key)
    }

    /// What leaves the machine has no value of a variable, and still says whose record it is.
    @Test func sealedInputsHaveNoValues() throws {
        let mine = try inputs(arguments: ["ARGUMENT": "hunter2"])
        let other = try inputs(arguments: ["ARGUMENT": "hunter3"])
        #expect(mine.inputs.contains { $0.value.contains("hunter2") })
        #expect(!mine.sealed.inputs.contains { $0.value.contains("hunter2") })
        #expect(mine.isRecorded(as: mine.sealed.inputs))
        #expect(mine.isRecorded(as: mine.sealed.inputs + [NamedInputs.note(on: "x", "y")]))
        #expect(!mine.isRecorded(as: other.sealed.inputs) && !mine.isRecorded(as: mine.inputs))
        #expect(!mine.isRecorded(as: mine.sealed.inputs + [.init("more", "")]))
        #expect(!mine.isRecorded(as: Array(mine.sealed.inputs.dropLast())))
        let why = MissExplanation(mine.sealed, since: other.sealed, files: { _, _ in nil })
        #expect(why == MissExplanation(mine, since: other, files: { _, _ in nil }))
        #expect(why.description == "ENV `ARGUMENT` changed")
    }

    /// An installer's hint is for people, and the wheels of its cache are no input.
    @Test func installersKeepTheirKeys() throws {
        let graph = try Plans.plan(try ImageSpec.base("base").pipInstall(["six"]))
        let run = try #require(Plans.runs(graph).first)
        #expect(run.missingProgramHint != nil)
        let plain = RunOperation(
            arguments: run.arguments, environment: run.environment, workingDirectory: run.workingDirectory,
            user: run.user, mounts: run.mounts, isolatedNetwork: run.isolatedNetwork)
        #expect(
            plain.inputs(
                parent: nil, platform: Self.platform, settings: settings, content: { _ in "" }
            ).key
                == run.inputs(
                    parent: nil, platform: Self.platform, settings: settings, content: { _ in "" }
                ).key)
        #expect(
            run.mounts == [.cache(.init(id: "/root/.cache/pip", target: "/root/.cache/pip"))])
    }
}
