import ChalkOCI
import ChalkStore
import ChalkSystem
import Foundation
import Testing

@Suite("Collecting garbage")
struct GarbageCollectorTests {
    @Test("What a reference, pin, caller or young record leads to stays; the rest goes")
    func reachability() throws {
        let now = Now(1_000)
        try withStore(clock: { now.value }) { store in
            let named = try SampleImage.put(["named"], in: store)
            let pinned = try SampleImage.put(["pinned"], in: store)
            let asked = try SampleImage.put(["asked"], in: store)
            let inIndex = try SampleImage.put(["in index"], in: store)
            let loose = try SampleImage.put(["loose", "loose 2"], in: store)
            let list = try SampleImage.document(
                Index(manifests: [inIndex.manifest]).encoded(), .index, in: store)
            try store.references.set([(reference("a"), named.manifest), (reference("b"), list)])
            try store.pins.put("p", pinned.manifest)
            let old = try store.put([1])
            let young = try store.put([2])
            for (name, digest) in [("old", old), ("young", young)] {
                try store.records.put(
                    CacheRecordTests.record(
                        name, layer: Descriptor(mediaType: .layer, digest: digest, size: 1)))
                try store.layerIndexes.put([1], for: DiffID(digest))
                try store.ledgers.put([1], for: digest)
                try store.logs.start(CacheRecordTests.key(name)).write([1, 2])
            }
            try store.layerIndexes.put([1], for: loose.diffIDs[0])
            try store.layerIndexes.put([1], for: named.diffIDs[0])
            let remote = RemoteSource(registry: "r", repository: "p", mediaType: .layer, size: 1)
            try store.remoteSources.put(remote, for: named.layers[0].digest)
            try store.remoteSources.put(remote, for: loose.layers[0].digest)
            now.value = 2_000
            _ = store.records.lookup(CacheRecordTests.key("young"))
            now.value = 2_500

            let before = try tree(store.path)
            let dry = try GarbageCollector(store).collect(
                olderThan: 600, dryRun: true, keeping: [asked.manifest])
            #expect(try tree(store.path).filter { $0 != "chalk/locks/gc" } == before)
            let summary = try GarbageCollector(store).collect(olderThan: 600, keeping: [asked.manifest])
            #expect(summary == dry)
            let gone = Set(loose.blobs.map(\.digest)).subtracting(named.blobs.map(\.digest)).union([old])
            #expect(summary.blobs.count == gone.count)
            #expect(
                summary.blobs.bytes == 1 + loose.blobs.map(\.size).reduce(0, +))
            #expect(summary.records.count == 1)
            // A ledger, a layer index of the record and one of the loose image, its remote source; the logs
            // are younger in the real file system than the clock here says.
            #expect(summary.files.count == 4)
            let kept = Set(
                (named.blobs + pinned.blobs + asked.blobs + inIndex.blobs).map(\.digest) + [
                    list.digest, young,
                ])
            #expect(Set(try store.blobs().map(\.digest)) == kept)
            #expect(store.records.lookup(CacheRecordTests.key("old")) == .miss(.unknown))
            #expect(store.layerIndexes.get(DiffID(young)) == [1])
            #expect(store.layerIndexes.get(named.diffIDs[0]) == [1])
            #expect(store.layerIndexes.get(loose.diffIDs[0]) == nil)
            #expect(store.ledgers.get(young) == [1])
            #expect(store.ledgers.get(old) == nil)
            #expect(store.remoteSources.get(named.layers[0].digest) != nil)
            #expect(store.remoteSources.get(loose.layers[0].digest) == nil)
            #expect(try store.verify() == [])
            #expect(
                try GarbageCollector(store).collect(olderThan: 600, keeping: [asked.manifest])
                    == PruneSummary())
        }
    }

    @Test("Age 0 takes every record; a removed name frees its blobs; a shared layer stays")
    func everything() throws {
        try withStore { store in
            let first = try SampleImage.put(["shared", "first"], in: store)
            let second = try SampleImage.put(["shared", "second"], in: store)
            try store.references.set([(reference("a"), first.manifest), (reference("b"), second.manifest)])
            try store.records.put(CacheRecordTests.record("a", layer: first.layers[1]))
            try store.references.remove(reference("a"))
            _ = try GarbageCollector(store).collect(olderThan: 0)
            #expect(Set(try store.blobs().map(\.digest)) == Set(second.blobs.map(\.digest)))
            try store.references.remove(reference("b"))
            let summary = try GarbageCollector(store).collect(olderThan: 0)
            #expect(summary.bytes == second.blobs.map(\.size).reduce(0, +))
            #expect(try store.blobs().isEmpty)
        }
    }

    @Test("Old logs of steps without a record go")
    func logs() throws {
        try withSandbox { path in
            let store = try ContentStore.open(
                at: path + "/s", create: true, clock: { WallClock.seconds() + 1_000 })
            try store.logs.start(CacheRecordTests.key("failed")).write([1, 2, 3])
            #expect(try GarbageCollector(store).collect(olderThan: 2_000).files == .init())
            #expect(try GarbageCollector(store).collect(olderThan: 500).files == .init(count: 1, bytes: 3))
            #expect(try store.logs.open(CacheRecordTests.key("failed")) == nil)
        }
    }

    @Test("Cache mounts not used for long go, with what is in them")
    func cacheMounts() throws {
        let now = Now(1_000)
        try withStore(clock: { now.value }) { store in
            for id in ["old", "new"] {
                now.value += 1_000
                _ = try store.cacheMounts.lock(id, .shared)
                let path = try store.cacheMounts.path(id)
                try FileSystem.makeDirectories(path)
                try write("x", path + "/wheel")
            }
            var removed: [String] = []
            let old = try store.cacheMounts.path("old")
            let summary = try GarbageCollector(store).collect(
                olderThan: 500,
                removeTree: {
                    removed.append($0)
                    try GarbageCollector.removeTree($0)
                })
            #expect(removed == [old])
            #expect(summary.cacheMounts.count == 1)
            #expect(try store.cacheMounts.list().map(\.id) == ["new"])
            #expect(try FileSystem.statusIfPresent(old) == nil)
        }
    }

    @Test("Others are told what is needed and add what they removed")
    func others() throws {
        try withStore { store in
            let image = try SampleImage.put(["one", "two"], in: store)
            try store.references.set(reference("a"), to: image.manifest)
            var seen: GarbageCollector.Reachable?
            let summary = try GarbageCollector(store).collect(
                olderThan: 100, dryRun: true,
                others: { reachable in
                    seen = reachable
                    return .init(count: 2, bytes: 30)
                })
            #expect(summary.others == .init(count: 2, bytes: 30))
            #expect(summary.bytes == 30)
            let reachable = try #require(seen)
            #expect(reachable.blobs == Set(image.blobs.map(\.digest)))
            #expect(reachable.diffIDs == Set(image.diffIDs))
            let bottom = ChainID(image.diffIDs[0], on: nil)
            #expect(reachable.chainIDs == [bottom, ChainID(image.diffIDs[1], on: bottom)])
            #expect(reachable.cutoff == 900)
            #expect(reachable.isDryRun)
        }
    }

    @Test("Records that are damaged or lost their layer go")
    func brokenRecords() throws {
        try withStore { store in
            let digest = try store.put([1])
            try store.records.put(
                CacheRecordTests.record("a", layer: Descriptor(mediaType: .layer, digest: digest, size: 1)))
            try store.records.put(CacheRecordTests.record("b"))
            try store.records.put(CacheRecordTests.record("c"))
            try store.remove(digest)
            let hex = CacheRecordTests.key("b").digest.hex
            try write("x", "\(store.path)/chalk/records/\(hex.prefix(2))/\(hex).json")
            #expect(try store.verify().count == 2)
            #expect(try GarbageCollector(store).collect(olderThan: 900).records.count == 2)
            #expect(try store.verify() == [])
            #expect(store.records.lookup(CacheRecordTests.key("c")) != .miss(.unknown))
        }
    }

    @Test("Where a document cannot be read nothing is removed")
    func unreadable() throws {
        try withStore { store in
            let image = try SampleImage.put(["one"], in: store)
            try store.references.set(reference("a"), to: image.manifest)
            let loose = try store.put([1])
            let file = "\(store.path)/blobs/sha256/\(image.manifest.digest.hex)"
            try write("x", file)
            #expect(
                try sentence { _ = try GarbageCollector(store).collect(olderThan: 0) }
                    == "cannot collect the store \(store.path), since what is needed is not known: blob "
                    + "\(image.manifest.digest) in \(store.path) has other bytes than its name says; "
                    + "delete \(file) "
                    + "and pull or build again")
            #expect(try store.contains(image.layers[0].digest) && store.contains(loose))
            // Once the manifest is gone nothing can need its layers.
            try FileManager.default.removeItem(atPath: file)
            #expect(try GarbageCollector(store).collect(olderThan: 0).blobs.count == 3)
        }
    }

    @Test("Entries that nobody here can follow stop a collection")
    func foreignEntries() throws {
        try withStore { store in
            let loose = try store.put([1])
            try write(
                #"{"schemaVersion":2,"manifests":[{"digest":"sha512:00","mediaType":"x","size":1}]}"#,
                store.path + "/index.json")
            #expect(
                try sentence { _ = try GarbageCollector(store).collect(olderThan: 0) }
                    == "cannot collect the store \(store.path): index.json has an entry that is not a "
                    + "descriptor with a sha256 digest, and what it needs is not known; remove it there")
            #expect(try store.contains(loose))
        }
    }

    @Test("What a document of an unknown type names is kept")
    func unknownType() throws {
        try withStore { store in
            let named = try store.put([1])
            let loose = try store.put([2])
            let document = try SampleImage.document(
                Array(#"{"blobs":[{"digest":"\#(named)"}]}"#.utf8),
                MediaType("application/vnd.example.artifact.v1+json"), in: store)
            try store.references.set(reference("a"), to: document)
            _ = try GarbageCollector(store).collect(olderThan: 0)
            #expect(try store.contains(named))
            #expect(try !store.contains(loose))
        }
    }

    @Test("A blob committed under the lock is safe until its reference is written")
    func runningBuild() throws {
        try withStore { store in
            let other = try ContentStore.open(at: store.path, create: false)
            do {
                let lock = try StoreLock.shared(store)
                let digest = try store.put([1], .deferred)
                #expect(try code { _ = try GarbageCollector(other).collect(olderThan: 0) } == .busy)
                #expect(try GarbageCollector(other).collect(olderThan: 0, dryRun: true).blobs.count == 1)
                #expect(try store.contains(digest))
                withExtendedLifetime(lock) {}
            }
            #expect(try GarbageCollector(other).collect(olderThan: 0, waits: true).blobs.count == 1)
        }
    }
}
