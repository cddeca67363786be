import ChalkTestSupport
import ChalkOCI
import ChalkStore
import ChalkSystem
import Foundation
import Testing

@Suite("The record most like a step")
struct NearestRecordTests {
    private func inputs(_ values: [(String, String)]) -> [CacheRecord.Input] {
        values.map { CacheRecord.Input(name: $0.0, value: $0.1) }
    }

    private func nearest(
        _ store: ContentStore, kind: String = "run", title: String = "RUN make",
        _ values: [(String, String)] = [],
        besides: CacheKey? = nil
    ) -> CacheKey? {
        store.records.nearest(kind: kind, title: title, inputs: inputs(values), besides: besides)?.key
    }

    @Test("Kind, then title, then equal inputs, then the latest")
    func order() throws {
        try withStore { store in
            let key = CacheRecordTests.key
            #expect(nearest(store) == nil)
            try store.records.put(
                CacheRecordTests.record(
                    "other kind", kind: "copy", inputs: [("a", "1"), ("b", "2")], created: 1))
            #expect(nearest(store) == nil)
            try store.records.put(
                CacheRecordTests.record(
                    "other title", title: "RUN true", inputs: [("a", "1"), ("b", "2")], created: 2))
            #expect(nearest(store, [("a", "1")]) == key("other title"))
            try store.records.put(
                CacheRecordTests.record("one", inputs: [("a", "1"), ("b", "x")], created: 3))
            try store.records.put(
                CacheRecordTests.record("none", inputs: [("a", "x"), ("b", "x")], created: 4))
            #expect(nearest(store, [("a", "1"), ("b", "2")]) == key("one"))
            try store.records.put(
                CacheRecordTests.record("also one", inputs: [("a", "y"), ("b", "2")], created: 5))
            #expect(nearest(store, [("a", "1"), ("b", "2")]) == key("also one"))
            #expect(nearest(store, [("a", "1"), ("b", "2")], besides: key("also one")) == key("one"))
            #expect(nearest(store, [("b", "1"), ("a", "2")]) == key("also one"))
        }
    }

    @Test("Records that are gone or damaged are passed over")
    func gone() throws {
        try withStore { store in
            for name in ["a", "b", "c"] {
                try store.records.put(CacheRecordTests.record(name, created: 1))
            }
            let key = CacheRecordTests.key
            try store.records.remove(key("c"))
            let hex = key("b").digest.hex
            try write("x", "\(store.path)/chalk/records/\(hex.prefix(2))/\(hex).json")
            #expect(nearest(store) == key("a"))
        }
    }

    @Test("Other processes' records are seen, also after a collection wrote the history anew")
    func otherProcess() throws {
        try withStore { store in
            let key = CacheRecordTests.key
            let other = try ContentStore.open(at: store.path, create: false, clock: { 1_000 })
            try store.records.put(CacheRecordTests.record("a", created: 1))
            #expect(nearest(store) == key("a") && nearest(other) == key("a"))
            try other.records.put(CacheRecordTests.record("b", created: 2))
            #expect(nearest(store) == key("b") && nearest(other) == key("b"))
            let late = try ContentStore.open(at: store.path, create: false, clock: { 5_000 })
            try late.records.put(CacheRecordTests.record("c", created: 3))
            #expect(try GarbageCollector(late).collect(olderThan: 100).records.count == 2)
            #expect(nearest(store) == key("c") && nearest(other) == key("c"))
            try other.records.put(CacheRecordTests.record("d", created: 4))
            #expect(nearest(store) == key("d"))
        }
    }

    @Test("Rows that make no sense are passed over, and one without an end is waited for")
    func tornRows() throws {
        try withStore { store in
            let key = CacheRecordTests.key
            try store.records.put(CacheRecordTests.record("a", created: 1))
            let folder = store.path + "/chalk/records/nearest"
            let name = try #require(try tree(folder).first)
            let good = try text("\(folder)/\(name)")
            for bad in [
                "\n", "x\n", String(good.dropFirst()), good.replacing(" ", with: "_"), "é" + good,
                String(good.prefix(40)),
            ] {
                try write(bad + "\n" + good, "\(folder)/\(name)")
                let fresh = try ContentStore.open(at: store.path, create: false)
                #expect(nearest(fresh) == key("a"), "\(bad)")
            }
            try write(good + String(good.prefix(30)), "\(folder)/\(name)")
            #expect(nearest(try ContentStore.open(at: store.path, create: false)) == key("a"))
        }
    }

    @Test("Among 1,000 records the answer is that of a search through all")
    func many() throws {
        let seed: UInt64 = 42
        var numbers = SeededGenerator(seed: seed)
        try withStore { store in
            var all: [CacheRecord] = []
            for number in 0..<1_000 {
                let record = CacheRecordTests.record(
                    "\(number)", title: "RUN \(Int.random(in: 0..<20, using: &numbers))",
                    inputs: (0..<8).map { ("input \($0)", "\(Int.random(in: 0..<4, using: &numbers))") },
                    created: Int64(number))
                all.append(record)
                try store.records.put(record)
            }
            for round in 0..<30 {
                let title = "RUN \(Int.random(in: 0..<24, using: &numbers))"
                let wanted = inputs(
                    (0..<8).map { ("input \($0)", "\(Int.random(in: 0..<5, using: &numbers))") })
                func score(_ record: CacheRecord) -> (Int, Int, Int64) {
                    let equal = record.inputs.filter { wanted.contains($0) }.count
                    return (record.title == title ? 1 : 0, equal, record.created)
                }
                let expected = all.max { score($0) < score($1) }
                let found = store.records.nearest(kind: "run", title: title, inputs: wanted)
                #expect(found?.key == expected?.key, "seed \(seed), round \(round)")
            }
        }
    }
}
