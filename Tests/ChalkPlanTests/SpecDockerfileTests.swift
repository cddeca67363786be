import ChalkPlan
import ChalkSpec
import Testing

struct SpecDockerfileTests {
    struct Sample: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let make: @Sendable () throws -> ImageSpec
        let text: String

        init(_ name: String, _ text: String, _ make: @escaping @Sendable () throws -> ImageSpec) {
            testDescription = name
            self.text = text
            self.make = make
        }
    }

    private static let base = "FROM base\n"

    static let samples = [
        Sample("base", base) { try .base("base") },
        Sample(
            "settings", base + "ENV A=\"it's \\$x\"\nENV B=2\nWORKDIR /w\nENTRYPOINT [\"e\"]\nCMD [\"c d\"]\n"
        ) {
            try .base("base").cmd(["c d"]).entrypoint(["e"]).workdir("/w").env(["B": "2", "A": "it's $x"])
        },
        Sample("runs", base + "RUN one\nRUN two\n") { try .base("base").runCommands(["one", "two"]) },
        Sample("lines", base + "RUN [\"/bin/sh\", \"-c\", \"a\\nb\"]\n") {
            try .base("base").runCommands(["a\nb"])
        },
        Sample("brackets", base + "RUN [\"/bin/sh\", \"-c\", \"[ \\\"$x\\\" ] && y\"]\n") {
            try .base("base").runCommands(["[ \"$x\" ] && y"])
        },
        Sample("inline", base + "COPY files/0/x /a/x\nCOPY --chmod=04755 files/1/y /y\n") {
            try .base("base").addFile([1], to: "/a/x", mode: 0o600).addFile([2], to: "/y", mode: 0o4755)
        },
        Sample("local", base + "COPY files/0/tool /bin/tool\nCOPY files/1/ /app/\nCOPY files/2/ /\n") {
            try .base("base").addLocalFile("run.sh", to: "/bin/tool", strategy: .copy, in: Plans.location)
                .addLocalDir("src", to: "/app", strategy: .copy, in: Plans.location)
                .addLocalDir("src", to: "/", strategy: .copy, in: Plans.location)
        },
        Sample("lazy", base + "# /app is mounted when the container starts (strategy \"volume\")\n") {
            try .base("base").addLocalDir("src", to: "/app", in: Plans.location)
        },
        Sample("verbatim", base + "USER app\n# kept\nRUN <<EOF\n  x\nEOF\nRUN y\n") {
            try .base("base").dockerfileCommands(["USER app", "# kept", "RUN <<EOF", "  x", "EOF"])
                .runCommands(["y"])
        },
        Sample("stages", "ARG A=b\nFROM $A AS x\nFROM x\nENV C=d\nRUN y\n") {
            try .fromDockerfile("Dockerfile", in: Plans.location("ARG A=b\nFROM $A AS x\nFROM x"))
                .runCommands(["y"])
                .env(["C": "d"])
        },
    ]

    @Test(arguments: samples) func specsBecomeText(sample: Sample) throws {
        #expect(try SpecDockerfile(try sample.make()).text == sample.text)
    }

    @Test func attachmentsComeAlong() throws {
        let spec = try ImageSpec.base("base").addFile([1], to: "/a/x", mode: 0o600)
            .addLocalFile("run.sh", to: "/b", strategy: .copy, in: Plans.location)
            .addLocalDir("src", to: "/app", strategy: .copy, exclude: ["*.log"], in: Plans.location)
        let compiled = try SpecDockerfile(spec, attachmentsIn: "elsewhere")
        #expect(compiled.attachments.map(\.path) == ["elsewhere/0/x", "elsewhere/1/b", "elsewhere/2"])
        #expect(
            compiled.attachments.map(\.content) == [
                .bytes([1]), .localFile("/spec/run.sh"), .localDirectory("/spec/src", exclude: ["*.log"]),
            ])
        #expect(compiled.attachments.map(\.mode) == [0o600, nil, nil])
    }

    @Test func installersKeepTheirCache() throws {
        let text = try SpecDockerfile(try ImageSpec.base("base").pipInstall(["six==1.16.0"])).text
        #expect(text.hasPrefix("FROM base\nRUN --mount=type=cache,target=/root/.cache/pip "))
        #expect(text.contains("six==1.16.0"))
    }
}
