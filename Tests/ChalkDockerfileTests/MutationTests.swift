import ChalkTestSupport
import Testing

@testable import ChalkDockerfile

/// Broken texts: any answer but a crash, and what is accepted keeps its bytes.
@Suite struct MutationTests {
    private static let splices = [
        "\\\n", "\n", "\r\n", "<<EOF", "<<-'", "EOF\n", "\"", "'", "${", "}", "$", "`", "[", "]", "[\"", "--",
        "--mount=", "=", "#",
        "# escape=`\n", "ONBUILD ", "FROM ", "\u{FEFF}", "\u{A0}", "\u{0}", ",", ":-", "//", "%%", "*",
        "\\\\", "999999999999999999999<<x",
    ].map { Array($0.utf8) }

    private func mutate(_ bytes: [UInt8], _ random: inout SeededGenerator) -> [UInt8] {
        var bytes = bytes
        for _ in 0...random.below(4) {
            let place = random.below(bytes.count + 1)
            let length = min(random.below(12), bytes.count - place)
            switch random.below(6) {
            case 0: bytes.removeSubrange(place..<place + length)
            case 1: bytes.insert(UInt8(random.below(256)), at: place)
            case 2: if place < bytes.count { bytes[place] ^= UInt8(1 << random.below(8)) }
            case 3: bytes.insert(contentsOf: bytes[place..<place + length], at: random.below(bytes.count + 1))
            case 4: bytes.removeSubrange(place...)
            default: bytes.insert(contentsOf: random.pick(Self.splices), at: place)
            }
        }
        return bytes
    }

    private func exercise(_ bytes: [UInt8], _ label: Comment) {
        if let syntax = try? DockerfileSyntax.parse(bytes, name: "f") {
            #expect(syntax.serialized == bytes, label)
            #expect(!syntax.sExpressions.isEmpty, label)
            #expect(!syntax.json.isEmpty, label)
        }
        let report = Linter.check(bytes, name: "f")
        let file = try? Dockerfile.parse(bytes, name: "f")
        #expect(!report.isReadable || file != nil, label)
        guard let file else { return }
        for stage in file.stages {
            for instruction in [stage.opening] + stage.instructions {
                let expanded = try? instruction.expanding(with: { $0.utf8.count % 2 == 0 ? "va lue*" : nil })
                guard let expanded else { continue }
                var writer = DockerfileWriter()
                try? writer.append(expanded.instruction)
                if case .run(let run) = expanded.instruction { _ = run.step }
                if case .expose(let expose) = expanded.instruction { _ = try? expose.exposedPorts() }
            }
        }
        if let longer = try? file.appending(["RUN appended"]) {
            #expect(longer.stages.last?.instructions.last?.text == "RUN appended", label)
        }
    }

    @Test(arguments: FixtureCase.all)
    func mutations(_ fixture: FixtureCase) throws {
        let bytes = try fixture.bytes()
        let seed = fixture.name.utf8.reduce(17 as UInt64) { $0 &* 31 &+ UInt64($1) }
        var random = SeededGenerator(seed: seed)
        for round in 0..<80 {
            exercise(mutate(bytes, &random), "seed \(seed), round \(round)")
        }
    }

    @Test func thereAreEnough() { #expect(FixtureCase.all.count * 80 >= 5_000) }
}
