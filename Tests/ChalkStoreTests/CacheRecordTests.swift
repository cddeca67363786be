import ChalkOCI
import ChalkStore
import ChalkSystem
import Foundation
import Testing

@Suite("Cache records")
struct CacheRecordTests {
    static func key(_ text: String) -> CacheKey { CacheKey(.of(Array(text.utf8))) }

    static func record(
        _ name: String, kind: String = "run", title: String = "RUN make", inputs: [(String, String)] = [],
        layer: Descriptor? = nil, created: Int64 = 500
    ) -> CacheRecord {
        CacheRecord(
            key: key(name), kind: kind, title: title,
            inputs: inputs.map { CacheRecord.Input(name: $0.0, value: $0.1) }, layer: layer,
            diffID: layer.map { DiffID($0.digest) }, created: created)
    }

    private func file(_ store: ContentStore, _ name: String) -> String {
        let hex = Self.key(name).digest.hex
        return "\(store.path)/chalk/records/\(hex.prefix(2))/\(hex).json"
    }

    @Test("A record comes back as it was put")
    func roundTrip() throws {
        try withStore { store in
            let digest = try store.put([1, 2, 3])
            let layer = Descriptor(
                mediaType: .layerGzip, digest: digest, size: 3, annotations: ["note": "\"x\"\n"])
            var record = Self.record(
                "a", title: "RUN echo \"é\u{1F600}\" \\\n  && true",
                inputs: [("parent", "sha256:…"), ("env A", ""), ("env A", "twice"), ("", "")],
                layer: layer)
            try store.records.put(record)
            record.lastUsed = 1_000
            #expect(store.records.lookup(record.key) == .hit(record))
            #expect(store.records.lookup(Self.key("b")) == .miss(.unknown))
        }
    }

    @Test("A record without a layer is a hit")
    func withoutLayer() throws {
        try withStore { store in
            var record = Self.record("a", kind: "workdir")
            try store.records.put(record)
            record.lastUsed = 1_000
            #expect(store.records.lookup(record.key) == .hit(record))
        }
    }

    @Test("A later record replaces an earlier one; remove removes")
    func replace() throws {
        try withStore { store in
            try store.records.put(Self.record("a", title: "one"))
            try store.records.put(Self.record("a", title: "two"))
            guard case .hit(let found) = store.records.lookup(Self.key("a")) else {
                Issue.record("no hit")
                return
            }
            #expect(found.title == "two")
            #expect(try store.records.remove(Self.key("a")))
            #expect(try !store.records.remove(Self.key("a")))
            #expect(store.records.lookup(Self.key("a")) == .miss(.unknown))
        }
    }

    @Test("Without its layer a record is a miss that says so")
    func blobAbsent() throws {
        try withStore { store in
            let digest = try store.put([1, 2, 3])
            let layer = Descriptor(mediaType: .layer, digest: digest, size: 3)
            let record = Self.record("a", layer: layer)
            try store.records.put(record)
            let short = record.key.digest.short
            try write("ab", "\(store.path)/blobs/sha256/\(digest.hex)")
            #expect(
                try miss(store, record.key)?.warning
                    == "cache record \(short) is ignored: its layer \(digest) has 2 bytes instead of 3")
            try store.remove(digest)
            guard case .blobAbsent(let found, let warning) = try miss(store, record.key) else {
                Issue.record("the record is not given")
                return
            }
            #expect(found.layer == layer)
            #expect(warning == "cache record \(short) is ignored: its layer \(digest) is not in the store")
        }
    }

    @Test("A layer that can be fetched is as good as there")
    func layerElsewhere() throws {
        try withStore { store in
            let layer = Descriptor(mediaType: .layer, digest: .of([1, 2, 3]), size: 3)
            let record = Self.record("a", layer: layer)
            try store.records.put(record)
            for (size, isHit) in [(Int64(4), false), (3, true)] {
                try store.remoteSources.put(
                    RemoteSource(registry: "r", repository: "cache", mediaType: .layer, size: size),
                    for: layer.digest)
                #expect(try (miss(store, record.key) == nil) == isHit)
            }
            try store.remoteSources.remove(layer.digest)
            try store.remoteSources.remove(layer.digest)
            #expect(try miss(store, record.key) != nil)
        }
    }

    private func miss(_ store: ContentStore, _ key: CacheKey) throws -> CacheRecords.Miss? {
        guard case .miss(let miss) = store.records.lookup(key) else { return nil }
        return miss
    }

    @Test(
        "A damaged record is a miss with a warning",
        arguments: [
            ("", "not valid JSON: the text ends early at byte 0"), ("{}", "it has another version"),
            (#"{"version":2}"#, "it has another version"),
            (#"{"version":1,"key":"x"}"#, "it has another key"),
        ])
    func damaged(content: String, why: String) throws {
        try withStore { store in
            try store.records.put(Self.record("a"))
            try write(content, file(store, "a"))
            #expect(
                try miss(store, Self.key("a"))
                    == .unreadable("cache record \(Self.key("a").digest.short) is ignored: \(why)"))
        }
    }

    @Test("Any byte that changed in a record is noticed")
    func flippedBytes() throws {
        try withStore { store in
            let record = Self.record("a", inputs: [("parent", "1"), ("env B", "2")])
            try store.records.put(record)
            let good = try Data(contentsOf: URL(fileURLWithPath: file(store, "a")))
            for index in good.indices {
                var bad = good
                bad[index] ^= 1
                try bad.write(to: URL(fileURLWithPath: file(store, "a")))
                #expect(try miss(store, record.key) != nil, "byte \(index)")
            }
            for count in stride(from: 0, to: good.count, by: 7) {
                try good.prefix(count).write(to: URL(fileURLWithPath: file(store, "a")))
                #expect(try miss(store, record.key) != nil, "first \(count) bytes")
            }
            // A build that hits such a record makes it anew.
            try store.records.put(record)
            #expect(try miss(store, record.key) == nil)
        }
    }

    @Test("A record in the place of another is no answer")
    func misplaced() throws {
        try withStore { store in
            try store.records.put(Self.record("a"))
            try store.records.put(Self.record("b"))
            try FileManager.default.removeItem(atPath: file(store, "b"))
            try FileManager.default.copyItem(atPath: file(store, "a"), toPath: file(store, "b"))
            #expect(
                try miss(store, Self.key("b"))?.warning?.hasSuffix("is ignored: it has another key") == true)
        }
    }

    @Test("A link or directory in the place of a record is a miss")
    func strangers() throws {
        try withStore { store in
            try store.records.put(Self.record("a"))
            try FileManager.default.removeItem(atPath: file(store, "a"))
            try FileManager.default.createSymbolicLink(
                atPath: file(store, "a"), withDestinationPath: "/etc/passwd")
            let name = Self.key("a").digest.hex + ".json"
            #expect(
                try miss(store, Self.key("a"))?.warning?.hasSuffix(
                    "is ignored: \(name) is a link, not a file; remove it and try again") == true)
        }
    }

    @Test("A hit counts as use unless it is only a plan's")
    func lastUsed() throws {
        let now = Now(1_000)
        try withStore(clock: { now.value }) { store in
            try store.records.put(Self.record("a", created: 900))
            now.value = 2_000
            func used(touching: Bool) throws -> Int64 {
                _ = store.records.lookup(Self.key("a"), touching: touching)
                return try FileSystem.status(file(store, "a")).modified.seconds
            }
            #expect(try used(touching: false) == 1_000)
            #expect(try used(touching: true) == 2_000)
        }
    }

    @Test("A record too big to be read again is refused")
    func tooBig() throws {
        try withStore { store in
            let big = Self.record("a", inputs: [("env BIG", String(repeating: "x", count: 4 << 20))])
            let refusal = try code { try store.records.put(big) }
            #expect(refusal == .tooLarge)
            #expect(store.records.lookup(big.key) == .miss(.unknown))
        }
    }

    @Test("A record of the first version of the form is read for ever")
    func golden() throws {
        try withStore { store in
            let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
                .appendingPathComponent("../../Fixtures/store/record-1.json").standardizedFileURL.path
            let layer = Descriptor(mediaType: .layerGzip, digest: .of([1]), size: 1)
            var record = Self.record(
                "golden", kind: "copy", title: "COPY src /app",
                inputs: [("parent", Digest.of([2]).description), ("user", "root")],
                layer: layer,
                created: 315_532_800)
            try store.put([1])
            try store.records.put(record)
            record.lastUsed = 1_000
            // It names a table of files, which later versions do not keep.
            try write(text(path), file(store, "golden"))
            _ = store.records.lookup(record.key)
            guard case .hit(var found) = store.records.lookup(record.key) else {
                Issue.record("no hit")
                return
            }
            found.lastUsed = record.lastUsed
            #expect(found == record)
        }
    }
}

/// A clock that tests set.
final class Now: @unchecked Sendable {
    // Set and read by one test on one thread.
    var value: Int64
    init(_ value: Int64) { self.value = value }
}
