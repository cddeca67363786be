import ChalkOCI
import ChalkStore
import ChalkSystem
import Foundation
import Testing

/// Processes that die by SIGKILL at given points, and what the next one finds.
@Suite("Killed in the middle")
struct CrashTests {
    /// Where a process dies; the work before it was done.
    enum Point: String, CaseIterable, Codable, Sendable {
        case atStart, inIngest, beforeCommit, afterLayer, afterManifest, afterRecord, afterReference, inLog
        case underLocks, afterRemote
    }

    static func die() -> Never {
        kill(getpid(), SIGKILL)
        while true {}
    }

    /// A build as small as it gets, which dies at a point.
    static func build(in path: String, until point: Point) throws {
        let store = try ContentStore.open(at: path, create: true)
        if point == .atStart { die() }
        let lock = try StoreLock.shared(store)
        let mount = try store.cacheMounts.lock("pip", .exclusive)
        if point == .underLocks { die() }
        let tar = SampleImage.tar("a", "crash")
        let ingest = try store.ingest(.deferred)
        try ingest.write(tar[..<100])
        if point == .inIngest { die() }
        try ingest.write(tar[100...])
        if point == .beforeCommit { die() }
        let (digest, size) = try ingest.commit()
        if point == .afterLayer { die() }
        let layer = Descriptor(mediaType: .layer, digest: digest, size: size)
        let log = try store.logs.start(CacheRecordTests.key("step"))
        try log.write(Array("half a li".utf8))
        if point == .inLog { die() }
        try store.records.put(CacheRecordTests.record("step", layer: layer))
        if point == .afterRecord { die() }
        try store.remoteSources.put(
            RemoteSource(registry: "r", repository: "p", mediaType: .layer, size: 1), for: .of([77]))
        if point == .afterRemote { die() }
        let image = try SampleImage.put(["crash"], in: store)
        if point == .afterManifest { die() }
        try store.references.set(reference("app"), to: image.manifest)
        if point == .afterReference { die() }
        withExtendedLifetime(lock) {}
        withExtendedLifetime(mount) {}
    }

    @Test("A store verifies after a kill at any point, and the next build goes on", arguments: Point.allCases)
    func killedBuild(point: Point) async throws {
        try await withSandbox { path in
            let root = path + "/s"
            await #expect(processExitsWith: .signal(SIGKILL)) {
                [root = root as String, point = point as Point] in
                try CrashTests.build(in: root, until: point)
            }
            if point == .inIngest || point == .beforeCommit {
                #expect(try tree(root + "/chalk/ingests").count == 1)
            }
            let store = try ContentStore.open(at: root, create: false)
            #expect(try tree(root + "/chalk/ingests").isEmpty)
            #expect(try store.verify() == [])
            let found = try store.references.descriptor(for: reference("app"))
            #expect((found != nil) == (point == .afterReference))
            let image = try SampleImage.put(["crash"], in: store)
            try store.references.set(reference("app"), to: image.manifest)
            #expect(try store.verify() == [])
            // No lock outlived the process.
            _ = try GarbageCollector(store).collect(olderThan: 1_000_000)
            #expect(try store.verify() == [])
        }
    }

    /// Dies when it was asked for the given number of pieces.
    private final class DeadlySource: ByteSource {
        var pieces: Int
        init(pieces: Int) { self.pieces = pieces }

        func read(into buffer: inout [UInt8]) -> Int {
            if pieces == 0 { CrashTests.die() }
            pieces -= 1
            return buffer.count
        }
    }

    @Test("A layout that was being exported to keeps its images", arguments: [0, 3])
    func killedExport(pieces: Int) async throws {
        try await withSandbox { path in
            let store = try ContentStore.open(at: path + "/s", create: true)
            let image = try SampleImage.put(["one"], in: store)
            func export() throws {
                let writer = try OCILayoutWriter.open(path + "/out")
                for blob in image.blobs { try writer.add(blob, from: store) }
                try writer.finish([("x", image.manifest)])
            }
            try export()
            let out = path + "/out"
            await #expect(processExitsWith: .signal(SIGKILL)) {
                [out = out as String, pieces = pieces as Int] in
                let writer = try OCILayoutWriter.open(out)
                try writer.add(
                    Descriptor(mediaType: .layer, digest: .of([1]), size: 1 << 40),
                    from: DeadlySource(pieces: pieces))
            }
            #expect(try OCILayoutReader.open(out).entry(named: "x").descriptor == image.manifest)
            try export()
            #expect(try tree(out).count == 4 + image.blobs.count)
        }
    }

    @Test("Builds killed while others go on", arguments: 0..<6)
    func killedAmongThreads(round: Int) async throws {
        try await withSandbox { path in
            let root = path + "/s"
            await #expect(processExitsWith: .signal(SIGKILL)) {
                [root = root as String, round = round as Int] in
                let pool = IOPool(limit: 4)
                // The kill comes from one thread after some tags; the others are anywhere by then.
                _ = try pool.concurrentMap(Array(0..<4), width: 4) { worker in
                    let store = try ContentStore.open(at: root, create: true)
                    for number in 0..<1_000 {
                        let image = try SampleImage.put(["\(worker) \(number)", "same"], in: store)
                        try store.records.put(
                            CacheRecordTests.record("\(worker) \(number)", layer: image.layers[0]))
                        if worker == 0, number == 2 + round * 3 { CrashTests.die() }
                        try store.references.set(reference("app-\(worker):\(number)"), to: image.manifest)
                    }
                }
            }
            let store = try ContentStore.open(at: root, create: false)
            #expect(try store.verify() == [])
            #expect(try store.references.list().count >= 2 + round * 3)
        }
    }

    @Test("Collections killed half-way leave a good store", arguments: [0, 1, 5])
    func killedCollection(after count: Int) async throws {
        try await withSandbox { path in
            let root = path + "/s"
            let store = try ContentStore.open(at: root, create: true)
            let kept = try SampleImage.put(["kept"], in: store)
            try store.references.set(reference("kept"), to: kept.manifest)
            for number in 0..<10 {
                let image = try SampleImage.put(["\(number)"], in: store)
                try store.records.put(CacheRecordTests.record("\(number)", layer: image.layers[0]))
                _ = try store.cacheMounts.lock("\(number)", .shared)
            }
            await #expect(processExitsWith: .signal(SIGKILL)) {
                [root = root as String, count = count as Int] in
                let store = try ContentStore.open(at: root, create: false)
                var left = count
                _ = try GarbageCollector(store).collect(
                    olderThan: -1,
                    removeTree: { _ in
                        if left == 0 { CrashTests.die() }
                        left -= 1
                    })
            }
            #expect(try store.verify() == [])
            _ = try GarbageCollector(store).collect(olderThan: 0)
            #expect(Set(try store.blobs().map(\.digest)) == Set(kept.blobs.map(\.digest)))
            #expect(try store.verify() == [])
        }
    }
}
