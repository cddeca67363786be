import Testing

@testable import ChalkSpec

@Suite("Specs as protobuf")
struct ProtobufTests {
    /// `a` as base image.
    static let base: [UInt8] = [0x0A, 1, 0x61]

    @Test("Every field, in number order")
    func bytes() throws {
        let spec = try ImageSpec.base("a").runCommands(["x", "yz"]).pipInstall(["p"])
            .addFile([9, 8], to: "/f", mode: 0o755).dockerfileCommands(["USER 1"]).uvPipInstall(["u"])
            .uvSync(UvSync(pyprojectTomlLZ4: [1], uvLockLZ4: [2], extras: ["e"], workdir: "/w"))
            .entrypoint(["E"]).cmd(["C", ""]).workdir("/w").env(["b": "2", "a": "1"])
        var expected: [UInt8] = Self.base
        expected += [0x12, 9, 0x0A, 7, 0x0A, 1, 0x78, 0x0A, 2, 0x79, 0x7A]
        expected += [0x12, 5, 0x12, 3, 0x0A, 1, 0x70]
        expected += [0x12, 13, 0x1A, 11, 0x0A, 2, 0x2F, 0x66, 0x12, 2, 9, 8, 0x18, 0xED, 0x03]
        expected += [0x12, 10, 0x22, 8, 0x0A, 6] + Array("USER 1".utf8)
        expected += [0x12, 5, 0x2A, 3, 0x0A, 1, 0x75]
        expected += [0x12, 15, 0x32, 13, 0x0A, 1, 1, 0x12, 1, 2, 0x1A, 1, 0x65, 0x22, 2, 0x2F, 0x77]
        expected += [0x1A, 1, 0x45, 0x22, 1, 0x43, 0x22, 0, 0x2A, 2, 0x2F, 0x77]
        expected += [0x32, 6, 0x0A, 1, 0x61, 0x12, 1, 0x31, 0x32, 6, 0x0A, 1, 0x62, 0x12, 1, 0x32]
        #expect(try spec.protobuf() == expected)
        #expect(try ImageSpec.read(protobuf: expected) == spec)
    }

    @Test("A field that comes twice: the last scalar wins, equal members merge, other members replace")
    func merging() throws {
        let bytes: [UInt8] =
            [0x0A, 1, 0x62, 0x2A, 2, 0x2F, 0x78] + Self.base + [0x2A, 2, 0x2F, 0x79]
            + [0x12, 10, 0x0A, 3, 0x0A, 1, 0x31, 0x0A, 3, 0x0A, 1, 0x32]  // runCommands twice
            + [0x12, 10, 0x0A, 3, 0x0A, 1, 0x31, 0x12, 3, 0x0A, 1, 0x33]  // runCommands, then pipInstall
            + [0x32, 6, 0x0A, 1, 0x61, 0x12, 1, 0x31, 0x32, 6, 0x0A, 1, 0x61, 0x12, 1, 0x32]
        let spec = try ImageSpec.read(protobuf: bytes)
        #expect(spec.base == .reference("a") && spec.workdir == "/y" && spec.env == ["a": "2"])
        #expect(spec.steps.map(\.kind) == [.runCommands(["1", "2"]), .pipInstall(["3"])])
    }

    @Test("Unknown fields of every wire type are kept, on every level")
    func unknown() throws {
        let top: [UInt8] = [0x38, 5, 0x41, 1, 2, 3, 4, 5, 6, 7, 8, 0x4D, 1, 2, 3, 4]
        let group: [UInt8] = [0x53, 0x08, 1, 0x5B, 0x10, 2, 0x5C, 0x54]
        let wrongType: [UInt8] = [0x08, 7]
        let step: [UInt8] = [0x12, 10, 0x0A, 6, 0x0A, 1, 0x78, 0x12, 1, 0x79, 0x48, 1]
        let late: [UInt8] = [0x12, 3, 0x3A, 1, 0x62]
        let bytes = Self.base + step + late + top + group + wrongType
        let spec = try ImageSpec.read(protobuf: bytes)
        #expect(spec.unknownFields == top + group + wrongType)
        #expect(
            spec.steps == [
                BuildStep(
                    .runCommands(["x"]),
                    unknownFields: UnknownFields(step: [0x48, 1], body: [0x12, 1, 0x79])),
                BuildStep(.unknown, unknownFields: UnknownFields(step: [0x3A, 1, 0x62])),
            ])
        #expect(spec.steps.map(\.origin.jsonPath) == ["steps[0].runCommands", "steps[1]"])
        #expect(try spec.protobuf() == bytes)
    }

    @Test("Steps that ask for nothing are left out")
    func emptySteps() throws {
        let spec = try ImageSpec.read(
            protobuf: Self.base + [0x12, 2, 0x0A, 0, 0x12, 2, 0x12, 0, 0x12, 2, 0x22, 0, 0x12, 2, 0x2A, 0])
        #expect(try spec == ImageSpec.base("a"))
    }

    @Test(
        "Damaged bytes are told with their offset",
        arguments: [
            ([0x0A], "the protobuf message is damaged at byte 1: a number is cut off"),
            (
                [0x0A, 5, 0x61],
                "the protobuf message is damaged at byte 1: field 1 claims 5 bytes, but 1 are left"
            ),
            (
                [0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01],
                "the protobuf message is damaged at byte 1: field 1 claims 18446744073709551615 bytes, but 0 are left"
            ),
            ([0x00], "the protobuf message is damaged at byte 0: there is no field number 0"),
            ([0x0A, 1, 0xFF], "the protobuf message is damaged at byte 2: the string is not valid UTF-8"),
            ([0x0F], "the protobuf message is damaged at byte 0: there is no wire type 7"),
            ([0x54], "the protobuf message is damaged at byte 0: a group ends that did not start"),
            ([0x53], "the protobuf message is damaged at byte 0: group 10 is not closed"),
            ([0x53, 0x5C], "the protobuf message is damaged at byte 1: group 10 is closed by group 11"),
            ([0x4D, 1, 2], "the protobuf message is damaged at byte 1: 4 bytes are needed, but 2 are left"),
            ([0x49, 1], "the protobuf message is damaged at byte 1: 8 bytes are needed, but 1 are left"),
            (
                [0x38, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x02],
                "the protobuf message is damaged at byte 1: a number has more than 64 bits"
            ),
            (
                [0x0A, 1, 0x61, 0x12, 6, 0x0A, 4, 0x0A, 1, 0xC0, 0x80],
                "the protobuf message is damaged at byte 9: the string is not valid UTF-8"
            ),
            (
                [0x12, 4, 0x0A, 9, 0x0A, 0],
                "the protobuf message is damaged at byte 3: field 1 claims 9 bytes, but 2 are left"
            ),
        ] as [([UInt8], String)])
    func damaged(bytes: [UInt8], message: String) {
        #expect(problem { _ = try ImageSpec.read(protobuf: bytes) } == message)
    }

    @Test("Deep groups do not exhaust the stack")
    func deepGroups() {
        let bytes = [UInt8](repeating: 0x53, count: 1_000_000)
        #expect(
            problem { _ = try ImageSpec.read(protobuf: bytes) }
                == "the protobuf message is damaged at byte 100: groups are nested more than 100 deep")
    }

    @Test(
        "Whole messages that break a rule",
        arguments: [
            ([], #"baseImage: is empty; name an image, such as "python:3.12-slim-bookworm", or "scratch""#),
            (base + [0x12, 0], "steps[0]: names no kind of step"),
            (
                base + [0x12, 5, 0x0A, 3, 0x0A, 1, 0x78, 0x12, 4, 0x0A, 2, 0x0A, 0],
                "steps[1].runCommands.commands[0]: is empty; give a shell command or leave it out"
            ),
            (
                base + [0x12, 5, 0x1A, 3, 0x0A, 1, 0x78],
                #"steps[0].addFile.destination: "x" is not absolute; a path in the image starts with "/""#
            ),
            (
                base + [0x12, 9, 0x1A, 7, 0x0A, 2, 0x2F, 0x78, 0x18, 0x80, 0x20],
                "steps[0].addFile.mode: 4096 is not a file mode; it lies between 0 and 0o7777 (decimal 4095)"
            ),
            (
                base + [0x12, 5, 0x0A, 3, 0x12, 1, 0x78],
                "steps[0].runCommands: is empty but for fields that this version does not know"
            ),
            (base + [0x2A, 1, 0x78], #"workdir: "x" is not absolute; a path in the image starts with "/""#),
            (base + [0x32, 0], "env: a variable has an empty name"),
            (base + [0x1A, 0], "entrypoint[0]: is empty; the first word is the program to start"),
        ] as [([UInt8], String)])
    func rules(bytes: [UInt8], message: String) {
        #expect(problem { _ = try ImageSpec.read(protobuf: bytes) } == message)
    }
}
