import ChalkOCI
import ChalkSystem
import Foundation
import Synchronization
import Testing

@testable import ChalkArchive

@Suite struct LayerComposerTests {
    private static func files(_ count: Int = 40) -> [String: [UInt8]] {
        var files = ["large": [UInt8](repeating: 5, count: 20_000)]
        for number in 0..<count {
            files["d\(number % 7)/file-\(number)"] = [UInt8](repeating: UInt8(number), count: 37 * number)
        }
        return files
    }

    @Test(arguments: [LayerCompression.defaultGzip, .defaultEstargz, .defaultZstd, .none])
    func writesWhatTheLayerWriterWrites(_ compression: LayerCompression) throws {
        for rule in [SegmentPlan.Rule.tiny, .standard] {
            let contents = Contents(Self.files())
            let made = try Made(contents.composer(compression, rule: rule))
            let sink = MemorySink()
            let writer = try LayerWriter(
                options: LayerOptions(compression: compression), sink: sink, width: 2, rule: rule)
            let list = contents.list()
            for index in 0..<list.count {
                let path = String(decoding: list.path(index), as: UTF8.self)
                try writer.add(list.entry(index), content: MemorySource(contents.files[path] ?? []))
            }
            let summary = try writer.finish()
            #expect(made.blob == sink.bytes)
            #expect(made.composed.diffID == summary.diffID)
            #expect(made.composed.ledger?.count == summary.segmentCount)
            #expect(made.composed.uncompressedSize == summary.uncompressedSize)
            #expect(made.composed.estargz == summary.estargz)
            #expect(made.composed.sink?.digest == Digest.of(made.blob))
        }
    }

    @Test(arguments: [LayerCompression.gzip(level: 1), .estargz(level: 1), .zstd(level: 1), .none])
    func takesFromAKnownLayerWhatIsTheSame(_ compression: LayerCompression) throws {
        try withScratch { scratch in
            let before = Contents(Self.files())
            let made = try Made(before.composer(compression))
            let known = try made.known(in: scratch)

            let same = try before.composer(compression)
            #expect(same.recognises(made.sighting))

            var files = Self.files()
            files["d5/file-5"] = [UInt8](repeating: 200, count: 37 * 5)
            let after = Contents(files)
            let composer = try after.composer(compression, ["d5/file-5": 2])
            #expect(!composer.recognises(made.sighting))
            let composed = try composer.compose(onto: known, sighting: made.sighting) { MemoryLayer() }
            let read = after.reads.withLock { $0 }
            let cold = try Made(after.composer(compression))
            #expect(composed.diffID == cold.composed.diffID)
            #expect(composed.sink?.bytes == cold.blob)
            #expect(composed.sink?.digest == Digest.of(cold.blob))
            #expect(composed.ledger == cold.composed.ledger)
            #expect(composed.table.bytes == cold.composed.table.bytes)
            #expect((composed.sink?.begun ?? 0) > 0)
            // Nothing before the change was read, and one segment was compressed.
            #expect(!read.contains("d0/file-0") && read.contains("d5/file-5"))
            if compression != .none { #expect(composed.cost.compressed.bytes <= 6 << 10) }
            #expect(composed.table.firstDifference(from: made.composed.table) == "`d5/file-5` changed")
        }
    }

    @Test(arguments: [LayerCompression.defaultGzip, .defaultEstargz])
    func aTouchedFileCostsItsSegment(_ compression: LayerCompression) throws {
        try withScratch { scratch in
            let contents = Contents(Self.files())
            let made = try Made(contents.composer(compression))
            contents.reads.withLock { $0 = [] }
            let composed = try contents.composer(compression, ["d3/file-3": 9])
                .compose(onto: made.known(in: scratch), sighting: made.sighting) { MemoryLayer() }
            #expect(composed.isKnown)
            #expect(composed.sink == nil)
            #expect(composed.diffID == made.composed.diffID)
            #expect(composed.table.bytes == made.composed.table.bytes)
            #expect(Set(contents.reads.withLock { $0 }).count < 10)
            #expect(composed.cost.written.bytes == 0 && composed.cost.compressed.bytes == 0)
        }
    }

    @Test func anotherPlaceWithTheSameContentCompressesNothing() throws {
        try withScratch { scratch in
            let contents = Contents(Self.files())
            let made = try Made(contents.composer(.defaultGzip))
            let states = Dictionary(uniqueKeysWithValues: contents.files.keys.map { ($0, Int64(5)) })
            let composed = try contents.composer(.defaultGzip, states)
                .compose(onto: made.known(in: scratch), sighting: made.sighting) { MemoryLayer() }
            #expect(composed.isKnown && composed.cost.compressed.bytes == 0)
        }
    }

    @Test(arguments: [LayerCompression.gzip(level: 1), .estargz(level: 1), .none])
    func neverCopiesDamage(_ compression: LayerCompression) throws {
        try withScratch { scratch in
            let made = try Made(Contents(Self.files()).composer(compression))
            var files = Self.files()
            files["d5/file-5"] = [1, 2, 3]
            let after = Contents(files)
            let cold = try Made(after.composer(compression))
            for byte in stride(from: 0, to: made.blob.count, by: max(1, made.blob.count / 23)) {
                let composed = try after.composer(compression, ["d5/file-5": 2])
                    .compose(onto: made.known(in: scratch, damaging: byte), sighting: made.sighting) {
                        MemoryLayer()
                    }
                #expect(composed.sink?.bytes == cold.blob, "byte \(byte)")
                #expect(composed.sink?.digest == Digest.of(cold.blob), "byte \(byte)")
            }
        }
    }

    @Test func whatDoesNotFitTogetherIsNotKnown() throws {
        try withScratch { scratch in
            let made = try Made(Contents(Self.files()).composer(.defaultGzip))
            let ledger = try #require(made.composed.ledger).bytes
            try write(made.blob, to: scratch + "/blob")
            try write(made.blob.dropLast(), to: scratch + "/short")
            func isKnown(_ ledger: [UInt8], _ table: [UInt8]?, _ blob: String) throws -> Bool {
                KnownLayer(
                    ledger: ledger, table: { _ in table }, blob: try FileDescriptor.open(scratch + blob))
                    != nil
            }
            let table = made.composed.table.bytes
            #expect(try isKnown(ledger, table, "/blob"))
            #expect(try !isKnown(ledger, table, "/short"))
            #expect(try !isKnown(ledger, nil, "/blob"))
            #expect(try !isKnown(ledger, Array(table.dropFirst()), "/blob"))
            for length in stride(from: 0, to: ledger.count, by: 31) {
                #expect(try !isKnown(Array(ledger[..<length]), table, "/blob"), "\(length) bytes")
            }
        }
    }

    @Test func passesOnWhatReadersThrow() throws {
        struct Broken: Error {}
        final class BrokenReader: ContentReader {
            func read(
                _ entry: Int, at offset: Int64, count: Int, into buffer: inout [UInt8], at position: Int
            ) throws -> Bool { throw Broken() }
        }
        let list = Contents(Self.files()).list()
        let composer = try LayerComposer(
            list, compression: .defaultGzip, key: [UInt8](repeating: 3, count: 16), rule: .tiny
        ) { BrokenReader() }
        #expect(throws: Broken.self) { try composer.compose { MemoryLayer() } }
    }
}

@Suite struct LayerTableTests {
    private func table(_ entries: [(String, EntryList.Fields, String)], sums: [UInt16]) -> LayerTable {
        var list = EntryList(mtime: 0)
        for (path, fields, target) in entries {
            list.append(path: bytes(path), target: bytes(target), fields)
        }
        list.arrange()
        return LayerTable(list, rule: .standard, sums: sums)
    }

    private static let file = EntryList.Fields(kind: .file, mode: 0o644)
    private static let program = EntryList.Fields(kind: .file, mode: 0o755)
    private static let owned = EntryList.Fields(kind: .file, mode: 0o644, uid: 1_000, gid: 50)
    private static let directory = EntryList.Fields(kind: .directory, mode: 0o755)
    private static let link = EntryList.Fields(kind: .link, mode: 0o777)

    @Test func saysWhatIsDifferent() throws {
        let base = table(
            [("d", Self.directory, ""), ("d/a", Self.file, ""), ("l", Self.link, "d/a")], sums: [7])
        let cases: [([(String, EntryList.Fields, String)], [UInt16], String?)] = [
            ([("d", Self.directory, ""), ("d/a", Self.file, ""), ("l", Self.link, "d/a")], [7], nil),
            (
                [("d", Self.directory, ""), ("d/a", Self.file, ""), ("l", Self.link, "d/a")], [8],
                "`d/a` changed"
            ),
            (
                [("d", Self.directory, ""), ("d/a", Self.program, ""), ("l", Self.link, "d/a")], [7],
                "mode of `d/a` 0644 → 0755"
            ),
            (
                [("d", Self.directory, ""), ("d/a", Self.owned, ""), ("l", Self.link, "d/a")], [7],
                "owner of `d/a` 0:0 → 1000:50"
            ),
            (
                [("d", Self.directory, ""), ("d/a", Self.file, ""), ("l", Self.link, "d")], [7],
                "`l` now points to `d`, before to `d/a`"
            ),
            (
                [("d", Self.directory, ""), ("d/a", Self.directory, ""), ("l", Self.link, "d/a")], [],
                "`d/a` is now a directory, before a file"
            ),
            ([("d", Self.directory, ""), ("l", Self.link, "d/a")], [], "`d/a` removed"),
            (
                [("c", Self.file, ""), ("d", Self.directory, ""), ("d/a", Self.file, "")], [1, 7], "`c` added"
            ),
        ]
        for (entries, sums, words) in cases {
            let other = table(entries, sums: sums)
            let read = try LayerTable(bytes: other.bytes)
            #expect(read.bytes == other.bytes)
            #expect(read.firstDifference(from: base) == words)
        }
    }

    @Test func isTheIndexOfItsLayer() throws {
        let table = table(
            [("d", Self.directory, ""), ("d/a", Self.file, ""), ("l", Self.link, "d/a")], sums: [7])
        let index = try table.index()
        #expect(index.directories.map(\.path) == [bytes("d")])
        #expect(index.files == [bytes("d/a")])
        #expect(index.links == [LayerIndex.Link(path: bytes("l"), target: bytes("d/a"))])
        #expect(LayerTable.isTable(table.bytes) && !LayerTable.isTable(index.bytes))
        let whole = table.bytes
        for length in 0..<whole.count {
            #expect(throws: ArchiveError.self) { try LayerTable(bytes: Array(whole[..<length])) }
        }
    }
}
