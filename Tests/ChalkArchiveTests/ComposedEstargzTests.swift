import ChalkOCI
import ChalkSystem
import ChalkTestSupport
import Testing

@testable import ChalkArchive

/// eStargz layers that are made from the first change on.
@Suite struct ComposedEstargzTests {
    private static let compression = LayerCompression.estargz(level: 1)

    /// Contents around the sizes of chunks (1 KiB) and large files (6 KiB) of the tiny rule.
    private static func files(_ generator: inout SeededGenerator) -> [String: [UInt8]] {
        var files: [String: [UInt8]] = [:]
        for number in 0..<14 {
            let size = [0, 1, 63, 512, 1_024, 6_144, 6_145, 8_192, 8_256, 20_000].randomElement(
                using: &generator)
            files["d\(number % 3)/f\(number)"] = generator.bytes(size ?? 0)
        }
        return files
    }

    private static func edit(_ files: inout [String: [UInt8]], _ generator: inout SeededGenerator) -> String {
        guard let path = files.keys.sorted().randomElement(using: &generator) else { return "" }
        switch Int.random(in: 0..<6, using: &generator) {
        case 0: files[path] = nil
        case 1:
            files[path + "x"] = generator.bytes(Int.random(in: 0...9_000, using: &generator))
            return path + "x"
        case 2: files[path, default: []] += [7]
        case 3: files[path] = files[path]?.dropLast()
        case 4: files[path] = generator.bytes(files[path]?.count ?? 0)
        default:
            guard let place = files[path]?.indices.randomElement(using: &generator) else { return "" }
            files[path]?[place] ^= 1
        }
        return path
    }

    @Test(arguments: 1...12 as ClosedRange<UInt64>)
    func anyEditGivesTheLayerOfAColdBuild(_ seed: UInt64) throws {
        try withScratch { scratch in
            var generator = SeededGenerator(seed: seed)
            var files = Self.files(&generator)
            var states: [String: Int64] = [:]
            var made = try Made(Contents(files).composer(Self.compression))
            for round in 0..<25 {
                let path = Self.edit(&files, &generator)
                states[path] = Int64(round + 2)
                let contents = Contents(files)
                // Now and then all looks new, as in a fresh checkout.
                let isFresh = round % 5 == 4
                if isFresh { for path in files.keys { states[path] = Int64(100 + round) } }
                let cold = try Made(contents.composer(Self.compression, states))
                let warm = try contents.composer(Self.compression, states)
                    .compose(onto: made.known(in: scratch), sighting: made.sighting) { MemoryLayer() }
                let place: Comment = "seed \(seed) round \(round): \(path)"
                #expect(warm.diffID == cold.composed.diffID, place)
                #expect(warm.plainID == cold.composed.plainID, place)
                #expect(warm.estargz == cold.composed.estargz, place)
                #expect(warm.ledger == cold.composed.ledger, place)
                if !warm.isKnown { try #require(warm.sink?.bytes == cold.blob, place) }
                let forecast = try contents.composer(Self.compression, states).compose(
                    onto: made.known(in: scratch), sighting: made.sighting,
                    sink: Optional<() throws -> MemoryLayer>.none)
                #expect(forecast.plainID == cold.composed.plainID && forecast.estargz == nil, place)
                made = cold
            }
        }
    }

    @Test func aByteInALargeFileCostsItsChunk() throws {
        try withScratch { scratch in
            var generator = SeededGenerator(seed: 3)
            var files = [
                "a": generator.bytes(100), "large": generator.bytes(41_000), "z": generator.bytes(9),
            ]
            let made = try Made(Contents(files).composer(Self.compression))
            files["large"]?[20_500] ^= 1
            let after = Contents(files)
            let composed = try after.composer(Self.compression, ["large": 2])
                .compose(onto: made.known(in: scratch), sighting: made.sighting) { MemoryLayer() }
            #expect(composed.cost.compressed.bytes == 1_024)
            #expect(try composed.sink?.bytes == Made(after.composer(Self.compression)).blob)
        }
    }

    /// What a step is keyed by must be known before anything is compressed.
    @Test func thePlainIDDoesNotDependOnTheLevel() throws {
        var generator = SeededGenerator(seed: 9)
        let contents = Contents(Self.files(&generator))
        let layers = try (0...9).map { try Made(contents.composer(.estargz(level: $0))).composed }
        #expect(Set(layers.map(\.plainID)).count == 1)
        #expect(Set(layers.map(\.diffID)).count > 1)
        let plain = try Made(contents.composer(.defaultGzip)).composed
        #expect(plain.plainID == plain.diffID && plain.estargz == nil)
        #expect(layers[0].plainID != plain.plainID)
    }

    /// A layer of the other form, kept under whatever name, is never taken from.
    @Test(arguments: [
        (LayerCompression.gzip(level: 1), LayerCompression.estargz(level: 1)),
        (.estargz(level: 1), .gzip(level: 1)),
    ])
    func takesNothingFromTheOtherForm(_ first: LayerCompression, _ second: LayerCompression) throws {
        try withScratch { scratch in
            var generator = SeededGenerator(seed: 5)
            let contents = Contents(Self.files(&generator))
            let made = try Made(contents.composer(first))
            let cold = try Made(contents.composer(second))
            let composed = try contents.composer(second)
                .compose(onto: made.known(in: scratch), sighting: made.sighting) { MemoryLayer() }
            #expect(composed.sink?.bytes == cold.blob && composed.cost.copied.bytes == 0)
        }
    }

    /// The same bytes of tar as a piece of a file and as entries are kept apart: their members begin elsewhere.
    @Test func aFileThatIsATarIsNoPartOfTheLayer() throws {
        try withScratch { scratch in
            let inner = try tar([file("inner", String(repeating: "x", count: 1_000))])
            let before = Contents(["a": [1], "inner": [UInt8](repeating: 0x78, count: 1_000), "z": [2]])
            let made = try Made(before.composer(Self.compression))
            for pad in [0, 4_096, 5_120] {
                let after = Contents(["b": [UInt8](repeating: 0, count: pad) + inner + inner + inner + inner])
                let composed = try after.composer(Self.compression)
                    .compose(onto: made.known(in: scratch), sighting: made.sighting) { MemoryLayer() }
                #expect(try composed.sink?.bytes == Made(after.composer(Self.compression)).blob)
            }
        }
    }
}
