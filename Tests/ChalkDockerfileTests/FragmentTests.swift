import Testing

@testable import ChalkDockerfile

@Suite struct FragmentTests {
    @Test func instructionsContinueTheStage() throws {
        let fragment = try DockerfileFragment.parse(
            ["# escape=`", "ENV a=b", "RUN x \\", "  y", "RUN <<EOF\nz\nEOF", "ARG q"],
            name: "dockerfileCommands")
        #expect(fragment.instructions.map(\.instruction.keyword) == ["ENV", "RUN", "RUN", "ARG"])
        #expect(fragment.instructions[1].text == "RUN x   y")
        #expect(fragment.stages.isEmpty)
    }

    @Test func fromBeginsAStage() throws {
        let fragment = try DockerfileFragment.parse(["USER a", "FROM b AS c", "RUN d"], name: "f")
        #expect(fragment.instructions.count == 1)
        #expect(fragment.stages.map(\.baseName) == ["b"])
        #expect(fragment.stages[0].instructions.count == 1)
    }

    @Test func nothingIsFine() throws {
        #expect(try DockerfileFragment.parse([], name: "f").instructions.isEmpty)
        #expect(try DockerfileFragment.parse(["", "# x"], name: "f").instructions.isEmpty)
    }

    @Test func errorsCountTheJoinedLines() {
        #expect {
            try DockerfileFragment.parse(["RUN a", "RUN b\nCOPY x"], name: "dockerfileCommands")
        } throws: {
            "\($0)" == "dockerfileCommands:3: COPY needs at least one source and a destination"
        }
    }

    static let appended: [(String, String)] = [
        ("FROM a\n", "FROM a\nRUN x\n"), ("FROM a", "FROM a\nRUN x\n"),
        ("FROM a\n# end", "FROM a\n# end\nRUN x\n"),
        ("FROM a\nRUN y \\", "FROM a\nRUN y \nRUN x\n"),
        ("FROM a\nRUN y \\ \n# z\n\n", "FROM a\nRUN y  \n# z\n\nRUN x\n"),
        ("FROM a\nRUN y \\\\", "FROM a\nRUN y \\\\\nRUN x\n"),
        ("FROM a\nRUN y \\\n# z\\", "FROM a\nRUN y \n# z\\\nRUN x\n"),
        ("# escape=`\nFROM a\nRUN y `\n", "# escape=`\nFROM a\nRUN y \nRUN x\n"),
        ("FROM a\r\nRUN y \\\r\n", "FROM a\r\nRUN y \r\nRUN x\n"),
        ("FROM a\nCOPY <<e /\nb \\\ne\n", "FROM a\nCOPY <<e /\nb \\\ne\nRUN x\n"),
        ("FROM a\nRUN y \\\n z \\", "FROM a\nRUN y \\\n z \nRUN x\n"),
    ]

    @Test(arguments: appended)
    func appending(_ base: String, _ expected: String) throws {
        let before = try parsed(base)
        let after = try before.appending(["RUN x"])
        #expect(String(decoding: after.bytes, as: UTF8.self) == expected)
        #expect(after.stages.last?.instructions.last?.text == "RUN x")
        let kept = after.stages.flatMap { [$0.opening.instruction] + $0.instructions.map(\.instruction) }
            .dropLast()
        #expect(
            Array(kept)
                == before.stages.flatMap { [$0.opening.instruction] + $0.instructions.map(\.instruction) })
    }

    @Test func appendingStages() throws {
        let file = try parsed("FROM a AS b\n").appending(["RUN x", "FROM b", "COPY --from=b /x /y"])
        #expect(file.stages.map(\.instructions.count) == [1, 1])
        #expect(throws: DockerfileError.self) { try file.appending(["NONSENSE"]) }
        #expect(try file.appending([]) == file)
    }
}
