import ChalkTestSupport
import Testing

@testable import ChalkSpec

/// Specs at random; the same seed gives the same specs.
struct SpecGenerator {
    var random: SeededGenerator
    let here: SpecLocation
    /// Whether to use what the wire can say only.
    let wireOnly: Bool

    mutating func spec() throws -> ImageSpec {
        var spec = try ImageSpec.base(
            pick(["a", "python:3.12-slim-bookworm", "scratch", "ghcr.io/o/i@sha256:00"]))
        if !wireOnly, chance(5) { spec = try ImageSpec.fromDockerfile("Dockerfile", in: here) }
        for _ in 0..<number(6) { spec = try step(on: spec) }
        if chance(2) { spec = try spec.workdir("/" + word(strict: true)) }
        if chance(2) { spec = try spec.entrypoint([word(strict: true)] + words()) }
        if chance(2) { spec = try spec.cmd(words()) }
        for _ in 0..<number(4) {
            spec = try spec.env([word(strict: true) + String(number(9)): word(strict: false)])
        }
        return spec
    }

    private mutating func step(on spec: ImageSpec) throws -> ImageSpec {
        let dest = "/" + word(strict: true)
        let mode: UInt32? = chance(2) ? UInt32(number(0o10000)) : nil
        switch number(wireOnly ? 6 : 11) {
        case 0: return try spec.runCommands(words().filter { !$0.isEmpty }.map { "x" + $0 })
        case 1: return try spec.pipInstall((0..<number(3)).map { _ in word(strict: true) })
        case 2:
            return try spec.addFile((0..<number(20)).map { _ in UInt8(number(256)) }, to: dest, mode: mode)
        case 3: return try spec.dockerfileCommands(words())
        case 4: return try spec.uvPipInstall((0..<number(3)).map { _ in word(strict: true) })
        case 5:
            return try spec.uvSync(
                UvSync(
                    pyprojectTomlLZ4: [UInt8(number(256))], uvLockLZ4: [], extras: [word(strict: true)],
                    workdir: chance(2) ? dest : nil))
        case 6: return try spec.aptInstall(["curl", "p" + String(number(9))])
        case 7:
            return try spec.addLocalFile(
                "a.txt", to: dest, mode: mode, strategy: chance(2) ? .copy : .volume, in: here)
        case 8:
            return try spec.addLocalDir(
                "src", to: dest, strategy: .volume, exclude: chance(2) ? ["*.pyc", "!x"] : [],
                archive: chance(2),
                in: here)
        case 9: return try spec.pipInstallFromRequirements("requirements.txt", in: here)
        default: return try spec.uvPipInstallFromRequirements("requirements.txt", in: here)
        }
    }

    private mutating func words() -> [String] { (0..<number(4)).map { _ in word(strict: false) } }

    /// Text out of awkward characters; `strict` keeps to what names and paths may hold.
    private mutating func word(strict: Bool) -> String {
        let plain = ["a", "Z", "0", "-x", "é", "日", "😀", ".c", "_", "'", "\"", "\\", "$", ";", "%", "x y"]
        let wild = plain + ["\n", "\t", "\u{1}", "\u{7F}", "\u{2028}", "\r\n", "", " ", "#", "/"]
        return (strict ? "w" : "") + (0...number(4)).map { _ in pick(strict ? plain : wild) }.joined()
    }

    private mutating func pick(_ all: [String]) -> String { all[number(all.count)] }
    private mutating func chance(_ of: Int) -> Bool { number(of) == 0 }
    private mutating func number(_ below: Int) -> Int { Int.random(in: 0..<below, using: &random) }
}

@Suite("Random specs and random damage")
struct RoundTripTests {
    static let seed: UInt64 = 20_261_121
    let here = FakeFiles.sample.here

    @Test("decode(encode(x)) = x as protobuf, and the bytes are always the same", arguments: 0..<10)
    func protobuf(part: UInt64) throws {
        for index in 0..<100 {
            let seed = Self.seed &+ part &* 1000 &+ UInt64(index)
            var generator = SpecGenerator(random: SeededGenerator(seed: seed), here: here, wireOnly: true)
            let spec = try generator.spec()
            let bytes = try spec.protobuf()
            let again = try ImageSpec.read(protobuf: bytes)
            #expect(again == spec, "seed \(seed)")
            #expect(try again.protobuf() == bytes, "seed \(seed)")
        }
    }

    @Test("The same through JSON, with every kind of step", arguments: 0..<10)
    func json(part: UInt64) throws {
        for index in 0..<100 {
            let seed = Self.seed &+ 100_000 &+ part &* 1000 &+ UInt64(index)
            var generator = SpecGenerator(random: SeededGenerator(seed: seed), here: here, wireOnly: false)
            let spec = try generator.spec()
            let text = try spec.jsonText(relativeTo: index % 2 == 0 ? "/work" : nil)
            let again = try ImageSpec.read(json: Array(text.utf8), in: here)
            #expect(again == spec, "seed \(seed)")
            #expect(try again.jsonText(relativeTo: index % 2 == 0 ? "/work" : nil) == text, "seed \(seed)")
        }
    }

    @Test("Damaged protobuf is read or refused, never a crash; what is read is written and read again")
    func damagedProtobuf() throws {
        var random = SeededGenerator(seed: Self.seed)
        for round in 0..<6000 {
            var generator = SpecGenerator(
                random: SeededGenerator(seed: UInt64(round)), here: here, wireOnly: true)
            let bytes = Self.damaged(try generator.spec().protobuf(), by: &random)
            do {
                let spec = try ImageSpec.read(protobuf: bytes)
                #expect(try ImageSpec.read(protobuf: spec.protobuf()) == spec, "round \(round)")
            } catch {
                #expect(!error.description.isEmpty && !error.description.contains("\n"), "round \(round)")
            }
        }
    }

    @Test("Damaged JSON is read or refused, never a crash")
    func damagedJSON() throws {
        var random = SeededGenerator(seed: Self.seed)
        for round in 0..<6000 {
            var generator = SpecGenerator(
                random: SeededGenerator(seed: UInt64(round)), here: here, wireOnly: false)
            let bytes = Self.damaged(Array(try generator.spec().jsonText().utf8), by: &random)
            do {
                let spec = try ImageSpec.read(json: bytes, in: here)
                #expect(
                    try ImageSpec.read(json: Array(spec.jsonText().utf8), in: here) == spec, "round \(round)")
            } catch {
                #expect(!error.description.isEmpty && !error.description.contains("\n"), "round \(round)")
            }
        }
    }

    @Test("Damaged requirements files too")
    func damagedRequirements() throws {
        let text =
            "a>=1 # x\n-r b.txt\n--hash=x \\\n c --hash=sha256:aa\n-i 'https://e.org'\n\"q\\\n-c c.txt\nd @ https://x"
        var random = SeededGenerator(seed: Self.seed)
        for _ in 0..<5000 {
            var files = FakeFiles(["/work/b.txt": "b", "/work/c.txt": "c"])
            files.contents["/work/r.txt"] = Self.damaged(Array(text.utf8), by: &random)
            do {
                let spec = try ImageSpec.scratch.pipInstallFromRequirements("r.txt", in: files.here)
                #expect(try ImageSpec.read(json: Array(spec.jsonText().utf8), in: files.here) == spec)
            } catch {
                #expect(!error.description.isEmpty && !error.description.contains("\n"))
            }
        }
    }

    /// Bytes changed, put in, taken out or cut off, one to four times.
    static func damaged(_ bytes: [UInt8], by random: inout SeededGenerator) -> [UInt8] {
        var bytes = bytes
        for _ in 0...Int.random(in: 0...3, using: &random) where !bytes.isEmpty {
            let place = Int.random(in: 0..<bytes.count, using: &random)
            switch Int.random(in: 0...3, using: &random) {
            case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
            case 1: bytes.insert(UInt8.random(in: 0...255, using: &random), at: place)
            case 2: bytes.remove(at: place)
            default: if Int.random(in: 0...3, using: &random) == 0 { bytes.removeSubrange(place...) }
            }
        }
        return bytes
    }
}
