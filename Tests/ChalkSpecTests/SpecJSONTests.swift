import Testing

@testable import ChalkSpec

@Suite("Specs as JSON")
struct SpecJSONTests {
    let here = FakeFiles.sample.here

    private func read(_ text: String) throws -> ImageSpec {
        try ImageSpec.read(json: Array(text.utf8), in: here)
    }

    @Test("lowerCamelCase and the names of the proto file mean the same")
    func spellings() throws {
        let camel = try read(
            """
            {"baseImage": "a", "steps": [{"uvPipInstall": {"packages": ["x"]}},
             {"uvSync": {"pyprojectTomlLz4": "AQ==", "uvLockLz4": "Ag=="}}], "env": {"fooBar": "1"}}
            """)
        let snake = try read(
            """
            {"base_image": "a", "steps": [{"uv_pip_install": {"packages": ["x"]}},
             {"uv_sync": {"pyproject_toml_lz4": "AQ==", "uv_lock_lz4": "Ag=="}}], "env": {"fooBar": "1"}}
            """)
        #expect(camel == snake)
        #expect(
            camel.steps.last?.kind
                == .uvSync(UvSync(pyprojectTomlLZ4: [1], uvLockLZ4: [2], extras: [], workdir: nil)))
    }

    @Test("Steps know where they were written, also after steps that ask for nothing")
    func origins() throws {
        let spec = try read(
            """
            {"baseImage": "a", "steps": [{"runCommands": {}}, {"add_local_dir": {"src": "src", "dest": "/app"}}]}
            """)
        #expect(spec.steps.map(\.origin.jsonPath) == ["steps[1].addLocalDir"])
    }

    @Test("The whole of a spec as text")
    func text() throws {
        let spec = try ImageSpec.debianSlim("3.11").pipInstall(["requests"])
            .addLocalFile("run.sh", to: "/run.sh", mode: 0o755, strategy: .copy, in: here)
            .addLocalDir("src", to: "/app", exclude: ["*.pyc"], archive: true, in: here)
            .addFile([0xFB, 0xFF], to: "/x", mode: 0o644).addFile([], to: "/y")
            .pipInstallFromRequirements("requirements.txt", in: here)
            .uvSync(UvSync(pyprojectTomlLZ4: [1], uvLockLZ4: [], extras: ["dev"], workdir: "/w"))
            .env(["B": "2", "A": "1"]).workdir("/app").entrypoint(["python"]).cmd(["-V"])
        #expect(
            try spec.jsonText(relativeTo: "/work") == """
                {
                  "baseImage": "python:3.11-slim-bookworm",
                  "steps": [
                    {
                      "pipInstall": {
                        "packages": [
                          "requests"
                        ]
                      }
                    },
                    {
                      "addLocalFile": {
                        "src": "run.sh",
                        "dest": "/run.sh",
                        "mode": "0755",
                        "strategy": "copy"
                      }
                    },
                    {
                      "addLocalDir": {
                        "src": "src",
                        "dest": "/app",
                        "strategy": "volume",
                        "exclude": [
                          "*.pyc"
                        ],
                        "archive": true
                      }
                    },
                    {
                      "addFile": {
                        "destination": "/x",
                        "content": "+/8=",
                        "mode": 420
                      }
                    },
                    {
                      "addFile": {
                        "destination": "/y"
                      }
                    },
                    {
                      "pipInstallFromRequirements": {
                        "lines": [
                          "requests>=2.28"
                        ]
                      }
                    },
                    {
                      "uvSync": {
                        "pyprojectTomlLz4": "AQ==",
                        "extras": [
                          "dev"
                        ],
                        "workdir": "/w"
                      }
                    }
                  ],
                  "entrypoint": [
                    "python"
                  ],
                  "cmd": [
                    "-V"
                  ],
                  "workdir": "/app",
                  "env": {
                    "A": "1",
                    "B": "2"
                  }
                }

                """)
        #expect(try read(spec.jsonText()) == spec)
    }

    @Test("A Dockerfile base and paths outside the spec's directory")
    func paths() throws {
        let spec = try ImageSpec.fromDockerfile("Dockerfile", in: here).addLocalFile(
            "a.txt", to: "/a", in: here)
        #expect(try spec.jsonText(relativeTo: "/work").contains("\"dockerfile\": \"Dockerfile\""))
        #expect(try spec.jsonText(relativeTo: "/wor").contains("\"src\": \"/work/a.txt\""))
        #expect(try spec.jsonText().contains("\"dockerfile\": \"/work/Dockerfile\""))
        let whole = try ImageSpec.scratch.addLocalDir(".", to: "/x", in: here)
        #expect(try whole.jsonText(relativeTo: "/work").contains("\"src\": \".\""))
    }

    @Test("Fields that JSON cannot say are an error, not a loss")
    func unknownFields() throws {
        let late = try ImageSpec.read(protobuf: [0x0A, 1, 0x61, 0x3A, 1, 0x62])
        #expect(
            problem { _ = try late.jsonText() }
                == "the spec holds protobuf fields that this version does not know and JSON cannot say; "
                + "write it as protobuf")
        let step = try ImageSpec.read(protobuf: [0x0A, 1, 0x61, 0x12, 3, 0x3A, 1, 0x62])
        #expect(
            problem { _ = try step.jsonText() }
                == "steps[0]: holds protobuf fields that this version does not know and JSON cannot say; "
                + "write the spec as protobuf")
    }

    @Test("Errors carry the position of what is wrong")
    func positions() {
        let error = #expect(throws: SpecError.self) {
            try read("{\n  \"baseImage\": \"a\",\n  \"workdir\":\n    \"x\"\n}")
        }
        #expect(error?.line == 4 && error?.column == 5 && error?.path == "workdir" && error?.code == .invalid)
    }

    @Test("A value never shows in an error")
    func noSecrets() {
        let text = "{\"baseImage\": \"a\", \"env\": {\"TOKEN\": \"hunter2\\u0000\"}}"
        #expect(problem { _ = try read(text) } == "env: the value of \"TOKEN\" holds a NUL byte")
    }
}
