import ChalkOCI
import ChalkSystem
import ChalkTestSupport
import Synchronization
import Testing

@testable import ChalkArchive

/// The tar of a tree, range by range.
@Suite struct TarImageTests {
    /// Files of awkward sizes, one with a name that needs a header of its own.
    private static func contents(_ random: inout SeededGenerator) -> Contents {
        var files: [String: [UInt8]] = [:]
        for (index, size) in [0, 1, 511, 512, 513, 3_000].enumerated() {
            files["f\(index)"] = (0..<size).map { _ in UInt8.random(in: 0...255, using: &random) }
        }
        files[String(repeating: "long/", count: 30) + "ü"] = Array("deep".utf8)
        return Contents(files)
    }

    @Test func anyRangeIsThatOfTheWholeTar() throws {
        var random = SeededGenerator(seed: 20_261_122)
        let contents = TarImageTests.contents(&random)
        let list = contents.list()
        let whole = MemorySink()
        let writer = TarWriter(sink: whole)
        for index in 0..<list.count {
            let entry = try list.entry(index)
            let content = contents.files[String(decoding: entry.path, as: UTF8.self)] ?? []
            try writer.add(entry, content: MemorySource(content))
        }
        try writer.finish()
        let tar = try TarImage(list)
        #expect(tar.size == Int64(whole.bytes.count))
        let reader = contents.reader(list)
        for _ in 0..<200 {
            let start = Int.random(in: 0..<whole.bytes.count, using: &random)
            let count = Int.random(in: 0...whole.bytes.count - start, using: &random)
            var buffer = [UInt8](repeating: 7, count: count + 2)
            #expect(try tar.read(at: Int64(start), count: count, into: &buffer, at: 1, from: reader))
            #expect(buffer == [7] + whole.bytes[start..<start + count] + [7], "\(start), \(count)")
        }
    }

    @Test func whatItIsIsToldWithoutReading() throws {
        var random = SeededGenerator(seed: 3)
        let contents = TarImageTests.contents(&random)
        #expect(try TarImage(contents.list()).identity == TarImage(contents.list()).identity)
        #expect(try TarImage(contents.list()).identity != TarImage(contents.list(["f1": 9])).identity)
        #expect(contents.reads.withLock { $0.isEmpty })
        #expect(try TarImage(EntryList(mtime: 0)).size == 1_024)
    }
}
