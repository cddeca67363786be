import ChalkSystem
import ChalkTestSupport
import Foundation
import Testing

@testable import ChalkArchive

/// Bytes of the kinds that layers hold.
enum ContentSample: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case zeros, text, noise, weights, pages
    /// Of seven bits each, and rows of them among rows of zeros.
    case dense, gaps

    var testDescription: String { rawValue }

    func bytes(_ size: Int, seed: UInt64 = 1) -> [UInt8] {
        var random = SeededGenerator(seed: seed)
        func text(_ count: Int) -> [UInt8] {
            let words = [
                "def ", "return ", "self.", "value", " = ", "None\n", "import ", "(x)", "[0]", ":\n  ",
            ]
            var text: [UInt8] = []
            while text.count < count {
                text += words[Int(random.next() % 10)].utf8
                if random.next() % 4 == 0 { text += String(random.next() % 1_000).utf8 }
            }
            return Array(text.prefix(count))
        }
        switch self {
        case .zeros: return [UInt8](repeating: 0, count: size)
        case .text: return text(size)
        case .noise: return random.bytes(size)
        case .weights:
            let noise = random.bytes(size)
            return noise.indices.map { $0 % 2 == 0 ? noise[$0] : 0x3C + noise[$0] % 2 }
        case .dense: return random.bytes(size).map { $0 & 0x7F }
        case .gaps:
            let noise = random.bytes(size)
            return noise.indices.map { $0 >> 10 % 3 == 0 ? noise[$0] & 0x3F : 0 }
        case .pages:
            var bytes: [UInt8] = []
            while bytes.count < size { bytes += random.bytes(4_096) + text(4_096) }
            return Array(bytes.prefix(size))
        }
    }
}

@Suite struct GzipEncoderTests {
    private func decoded(_ member: [UInt8]) throws -> [UInt8] {
        try GzipDecoder(MemorySource(member)).readToEnd(limit: 1 << 24)
    }

    @Test(arguments: [0, 1, 3, 4, 6, 9])
    func isReadBack(_ level: Int) throws {
        let encoder = try GzipEncoder(level: level)
        for sample in ContentSample.allCases {
            for size in [0, 1, 512, 8_192, 65_536, 65_537, 200_001] {
                let bytes = sample.bytes(size)
                #expect(try decoded(encoder.encode(bytes)) == bytes, "\(sample) \(size)")
            }
        }
    }

    /// Every order of stored blocks, codes alone, and levels, within one member.
    @Test func changesItsEffortWithinAMember() throws {
        let seed: UInt64 = 21
        var random = SeededGenerator(seed: seed)
        let encoder = try GzipEncoder(level: 6)
        for round in 0..<12 {
            var bytes: [UInt8] = []
            for _ in 0..<1 + random.next() % 8 {
                let sample = ContentSample.allCases[Int(random.next() % 7)]
                bytes += sample.bytes(1 + Int(random.next() % 150_000), seed: random.next())
            }
            let member = try encoder.encode(bytes)
            #expect(try decoded(member) == bytes, "seed \(seed), round \(round)")
            // Whatever the encoder did before.
            #expect(try GzipEncoder(level: 6).encode(bytes) == member, "seed \(seed), round \(round)")
        }
    }

    @Test func isReadByGzipItself() throws {
        try withScratch { scratch in
            let bytes = ContentSample.allCases.flatMap { $0.bytes(150_000) }
            try write(GzipEncoder(level: 4).encode(bytes), to: scratch + "/a.gz")
            try succeed("gzip -t a.gz && gzip -dc a.gz > a", in: scratch)
            #expect(try read(scratch + "/a") == bytes)
        }
    }

    @Test func findsWhatBytesAreWorth() throws {
        let (probe, thorough) = (ContentProbe(isThorough: false), ContentProbe(isThorough: true))
        for (sample, finding) in [
            (ContentSample.noise, ContentProbe.Finding.noise), (.weights, .plain), (.text, .repeats),
            (.zeros, .runs), (.gaps, .runs),
        ] {
            let bytes = sample.bytes(65_536)
            #expect(bytes.withUnsafeBufferPointer { probe.look(at: $0) } == finding, "\(sample)")
            #expect(bytes.withUnsafeBufferPointer { thorough.look(at: $0) } == finding, "\(sample)")
        }
        // Codes would save an eighth of it.
        let dense = ContentSample.dense.bytes(65_536)
        #expect(dense.withUnsafeBufferPointer { probe.look(at: $0) } == .noise)
        #expect(dense.withUnsafeBufferPointer { thorough.look(at: $0) } == .plain)
        // Text between pages of noise is never taken for noise.
        let mixed = ContentSample.pages.bytes(65_536)
        let found = mixed.withUnsafeBufferPointer { probe.look(at: $0) }
        #expect(found == .repeats)
    }

    @Test func countsWhatCodesTake() {
        var even = Frequencies(kinds: 256)
        for symbol in 0..<4_096 { even.add(symbol % 256) }
        #expect(even.bits == 4_096 * 8)
        var one = Frequencies(kinds: 3)
        for _ in 0..<100 { one.add(2) }
        #expect(one.bits == 0)
        #expect(Frequencies(kinds: 5).bits == 0)
        let seed: UInt64 = 4
        var random = SeededGenerator(seed: seed)
        for round in 0..<50 {
            var (counts, symbols) = ([Double](repeating: 0, count: 40), Frequencies(kinds: 40))
            let total = 1 + random.next() % 4_096
            for _ in 0..<total {
                let symbol = Int(min(random.next() % 40, random.next() % 40))
                counts[symbol] += 1
                symbols.add(symbol)
            }
            let exact = counts.filter { $0 > 0 }.reduce(0) { $0 - $1 * log2($1 / Double(total)) }
            #expect(abs(Double(symbols.bits) - exact) <= exact / 200 + 2, "seed \(seed), round \(round)")
        }
    }

    @Test func noiseIsStoredAndWeightsLoseWhatIsFrequent() throws {
        let size = 1 << 20
        let encoder = try GzipEncoder(level: 6)
        #expect(try encoder.encode(ContentSample.noise.bytes(size)).count <= size + size / 1_000)
        #expect(try encoder.encode(ContentSample.weights.bytes(size)).count * 100 < size * 70)
        #expect(try encoder.encode(ContentSample.zeros.bytes(size)).count < 2_048)
        // Half of it is noise; a full search finds what is in the other half.
        #expect(try encoder.encode(ContentSample.pages.bytes(size)).count * 100 < size * 75)
    }
}
