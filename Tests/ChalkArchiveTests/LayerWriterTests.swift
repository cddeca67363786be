import ChalkTestSupport
import ChalkOCI
import ChalkSystem
import Foundation
import Testing

@testable import ChalkArchive

private let sample = Result { try makeSample(count: 700) }

/// Many small files, some middling, one large; the same each time.
func sampleEntries(count: Int = 700) throws -> [(LayerEntry, [UInt8])] {
    count == 700 ? try sample.get() : try makeSample(count: count)
}

private func makeSample(seed: UInt64 = 7, count: Int) throws -> [(LayerEntry, [UInt8])] {
    var generator = SeededGenerator(seed: seed)
    var entries: [(LayerEntry, [UInt8])] = []
    // Text of few words, so that it can be compressed.
    let text = generator.bytes(20_000).flatMap { bytes("word\($0 % 40) ") }
    for group in 0..<10 {
        entries.append(try directory("group-\(group)"))
        for number in 0..<count / 10 {
            let size = Int.random(in: 0...9_000, using: &generator)
            let start = Int.random(in: 0..<text.count - 9_000, using: &generator)
            let content = Array(text[start..<start + size])
            entries.append(
                (
                    try LayerEntry(
                        path: bytes("group-\(group)/file-\(number)"), kind: .file(size: Int64(content.count)),
                        mode: 0o644, mtime: 315_532_800), content
                ))
        }
    }
    var large: [UInt8] = []
    let block = generator.bytes(50_000)
    for number in UInt8(0)..<106 { large += [number] + block }
    entries.append(
        (
            try LayerEntry(
                path: bytes("large"), kind: .file(size: Int64(large.count)), mode: 0o644, mtime: 315_532_800),
            large
        ))
    entries.append(try file("small-after"))
    return entries.sorted { LayerPath.precedes($0.0.path, $1.0.path) }
}

@Suite struct LayerWriterTests {
    @Test(arguments: [LayerCompression.defaultGzip, .gzip(level: 1), .gzip(level: 0), .defaultZstd, .none])
    func isReadBackByOthers(_ compression: LayerCompression) throws {
        try withScratch { scratch in
            let entries = try sampleEntries()
            let (blob, summary) = try layer(entries, compression)
            #expect(summary.compressedSize == Int64(blob.count))
            #expect(summary.entryCount == entries.count)
            #expect(summary.segmentCount > 5)
            try write(blob, to: scratch + "/blob")
            let unpack =
                switch compression {
                case .gzip, .estargz: "gzip -t < blob && gzip -dc < blob"
                case .zstd: "zstd -tq blob && zstd -dcq < blob"
                case .none: "cat blob"
                }
            try succeed("(\(unpack)) > plain.tar && tar -tf plain.tar > list", in: scratch)
            let plain = try read(scratch + "/plain.tar")
            #expect(DiffID(Digest.of(plain)) == summary.diffID)
            #expect(Int64(plain.count) == summary.uncompressedSize)
            #expect(plain == (try tar(entries)))
        }
    }

    @Test(arguments: [LayerCompression.defaultGzip, .defaultZstd, .none])
    func isTheSameOnAnyNumberOfThreads(_ compression: LayerCompression) throws {
        let entries = try sampleEntries()
        let first = try layer(entries, compression, width: 1)
        for width in [1, 2, 3, 8] {
            let again = try layer(entries, compression, width: width)
            #expect(again.bytes == first.bytes, "width \(width)")
            #expect(again.summary == first.summary)
        }
        let atOnce = try IOPool.shared.concurrentMap(Array(0..<6), width: 6) { _ in
            try layer(sampleEntries(), compression, width: 4).bytes
        }
        #expect(atOnce.allSatisfy { $0 == first.bytes })
    }

    @Test func doesNotDependOnThePiecesThatContentComesIn() throws {
        final class Dribble: ByteSource {
            let source: MemorySource
            var generator = SeededGenerator(seed: 5)
            init(_ bytes: [UInt8]) { source = MemorySource(bytes) }
            func read(into buffer: inout [UInt8]) throws -> Int {
                var part = [UInt8](repeating: 0, count: Int.random(in: 1...70_000, using: &generator))
                let got = source.read(into: &part)
                buffer.replaceSubrange(0..<got, with: part[..<got])
                return got
            }
        }
        let entries = try sampleEntries()
        let sink = MemorySink()
        let writer = try LayerWriter(sink: sink)
        for (entry, content) in entries {
            try writer.add(entry, content: entry.kind == .directory ? nil : Dribble(content))
        }
        let summary = try writer.finish()
        let whole = try layer(entries)
        #expect(summary == whole.summary)
        #expect(sink.bytes == whole.bytes)
    }

    @Test func startsEachSegmentWithTheSameGzipHeader() throws {
        let (blob, summary) = try layer(sampleEntries())
        let header: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255]
        var found = 0
        var index = 0
        while index + 10 <= blob.count {
            if blob[index] == 0x1F, Array(blob[index..<index + 10]) == header { found += 1 }
            index += 1
        }
        #expect(found == summary.segmentCount)
        #expect(blob.starts(with: header))
    }

    @Test func writesASmallLayerAsOneMember() throws {
        let (blob, summary) = try layer([file("a")])
        #expect(summary.segmentCount == 1)
        #expect(blob == (try GzipEncoder(level: 5).encode(tar([file("a")]))))
        let empty = try layer([])
        #expect(empty.summary.entryCount == 0)
        #expect(empty.summary.uncompressedSize == 1_024)
        #expect(
            empty.summary.diffID.description
                == "sha256:5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef")
    }

    @Test func returnsTheDigestOfEachContent() throws {
        let writer = try LayerWriter(options: LayerOptions(digestsContent: true), sink: MemorySink())
        #expect(try writer.add(directory("d").0) == nil)
        let one = try file("d/f", "some words")
        #expect(try writer.add(one.0, content: MemorySource(one.1)) == Digest.of(one.1))
        let quiet = try LayerWriter(sink: MemorySink())
        #expect(try quiet.add(one.0, content: MemorySource(one.1)) == nil)
    }

    @Test func refusesEntriesOutOfOrder() throws {
        func message(_ entries: [(LayerEntry, [UInt8])]) -> String? {
            let error = #expect(throws: ArchiveError.self) { try layer(entries) }
            #expect(error?.code == .wrongOrder)
            return error?.description
        }
        #expect(
            try message([file("b"), file("a")]) == "a was added to the layer after b, which sorts behind it")
        #expect(try message([file("a"), file("a")]) == "a was added to the layer twice")
        #expect(
            try message([file("d-e"), file("d/e")])
                == "d/e was added to the layer after d-e, which sorts behind it")
        #expect(
            try message([file("a"), hardLink("b", "c")])
                == "the hard link b comes before its target c: the first name in order holds the content")
        _ = try layer([directory("d"), file("d/e"), file("d-e"), hardLink("x", "d/e")])
    }

    @Test func refusesAnyShuffle() throws {
        let entries = try sampleEntries(count: 100)
        var generator = SeededGenerator(seed: 99)
        for round in 0..<20 {
            let shuffled = entries.shuffled(using: &generator)
            let inOrder = shuffled.elementsEqual(entries) { $0.0 == $1.0 }
            #expect(!inOrder, "seed 99 round \(round)")
            #expect(throws: ArchiveError.self) { try layer(shuffled) }
        }
    }

    @Test(arguments: [LayerCompression.gzip(level: 10), .gzip(level: -1), .zstd(level: 0), .zstd(level: 20)])
    func refusesLevelsThatDoNotExist(_ compression: LayerCompression) {
        let error = #expect(throws: ArchiveError.self) {
            try LayerWriter(options: LayerOptions(compression: compression), sink: MemorySink())
        }
        #expect(error?.description.contains("does not exist: use") == true)
    }

    @Test func passesOnWhatTheSinkThrows() throws {
        final class Full: ByteSink {
            func write(_ bytes: ArraySlice<UInt8>) throws { throw SystemError(code: 28, operation: "write") }
        }
        let error = #expect(throws: SystemError.self) {
            let writer = try LayerWriter(sink: Full())
            for (entry, content) in try sampleEntries() {
                try writer.add(entry, content: entry.kind == .directory ? nil : MemorySource(content))
            }
            _ = try writer.finish()
        }
        #expect(error?.isOutOfSpace == true)
    }

    @Test func namesItsEncoders() throws {
        #expect(LayerFormat.version == 5)
        #expect(LayerFormat.encoderVersion(of: .defaultGzip).hasPrefix("zlib 1."))
        #expect(LayerFormat.encoderVersion(of: .defaultZstd).hasPrefix("zstd 1."))
        #expect(LayerFormat.encoderVersion(of: .none) == "none")
        #expect(LayerCompression.defaultGzip.mediaType == .layerGzip)
        #expect(LayerCompression.defaultZstd.mediaType == .layerZstd)
        #expect(LayerCompression.none.mediaType == .layer)
    }
}

@Suite struct SegmentPlanTests {
    /// The gzip members of a blob by where they start.
    private func segments(_ entries: [(LayerEntry, [UInt8])]) throws -> [[UInt8]] {
        final class Collector: ByteSink {
            var pieces: [[UInt8]] = []
            func write(_ bytes: ArraySlice<UInt8>) { pieces.append(Array(bytes)) }
        }
        let sink = Collector()
        let writer = try LayerWriter(options: LayerOptions(compression: .none), sink: sink)
        for (entry, content) in entries {
            try writer.add(entry, content: entry.kind == .directory ? nil : MemorySource(content))
        }
        _ = try writer.finish()
        return sink.pieces
    }

    @Test func keepsSegmentsInBounds() throws {
        let pieces = try segments(sampleEntries(count: 1_500))
        for piece in pieces.dropLast() {
            #expect(
                piece.count <= Int(standardRule.maximum)
                    || piece.count <= Int(SegmentPlan.Rule.standard.largeFile) + 4_096)
        }
        let small = pieces.filter { $0.count < Int(standardRule.minimum) }
        // Before a large file, its last piece, and the end.
        #expect(small.count <= 3)
        let mean = pieces.reduce(0) { $0 + $1.count } / pieces.count
        #expect((300_000...1_100_000).contains(mean), "\(mean)")
    }

    @Test func anAddedFileMovesFewSegments() throws {
        let entries = try sampleEntries(count: 1_500)
        let before = Set(try segments(entries))
        for place in [0, 350, 750, 1_250] {
            var edited = entries
            let path = bytes(edited[place].0.path.display + "-added")
            let content = bytes("a new file")
            edited.append(
                (
                    try LayerEntry(
                        path: path, kind: .file(size: Int64(content.count)), mode: 0o644, mtime: 0),
                    content
                ))
            edited.sort { LayerPath.precedes($0.0.path, $1.0.path) }
            let after = try segments(edited)
            let changed = after.filter { !before.contains($0) }.count
            #expect(changed <= 3, "at \(place)")
            #expect(after.count - changed >= before.count - 3)
        }
    }

    @Test func anAppendedByteKeepsThePiecesOfALargeFile() throws {
        var generator = SeededGenerator(seed: 3)
        let block = generator.bytes(1_000_003)
        let content = Array(repeatElement(block, count: 7).joined().prefix(6 << 20))
        func entries(_ content: [UInt8]) throws -> [(LayerEntry, [UInt8])] {
            [
                try file("before"),
                (
                    try LayerEntry(
                        path: bytes("large"), kind: .file(size: Int64(content.count)), mode: 0o644, mtime: 0),
                    content
                ),
                try file("later"),
            ]
        }
        let before = try segments(entries(content))
        let after = try segments(entries(content + [1]))
        #expect(before.filter { $0.count == standardRule.piece }.count == 6)
        #expect(after.filter { before.contains($0) && $0.count == standardRule.piece }.count == 6)
        #expect(after.count - before.count == 1)
    }

    @Test func dependsOnPathsAndSizesAlone() throws {
        let entries = try sampleEntries()
        let other = entries.map { ($0.0, [UInt8](repeating: 9, count: $0.1.count)) }
        #expect(try segments(entries).map(\.count) == segments(other).map(\.count))
    }
}
