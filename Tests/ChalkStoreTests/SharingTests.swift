import ChalkOCI
import ChalkStore
import ChalkSystem
import Foundation
import Testing

@Suite("Several at once in one store")
struct SharingTests {
    @Test("Threads put the same blobs and their own references")
    func threads() throws {
        try withStore { store in
            let pool = IOPool(limit: 8)
            let images = try pool.concurrentMap(Array(0..<16), width: 8) { number in
                let image = try SampleImage.put(["same", "number \(number % 4)"], in: store)
                try store.references.set(reference("app:\(number)"), to: image.manifest)
                try store.records.put(
                    CacheRecordTests.record("step \(number % 4)", layer: image.layers[1]))
                return image.manifest
            }
            for (number, manifest) in images.enumerated() {
                #expect(try store.references.descriptor(for: reference("app:\(number)")) == manifest)
            }
            #expect(try store.references.list().count == 16)
            #expect(try tree(store.path + "/chalk/ingests").isEmpty)
            #expect(try store.verify() == [])
        }
    }

    @Test("Many make the same store at the same time")
    func creation() throws {
        try withSandbox { path in
            let pool = IOPool(limit: 8)
            for round in 0..<20 {
                let paths = try pool.concurrentMap(Array(0..<8), width: 8) { number in
                    let store = try ContentStore.open(at: "\(path)/\(round)", create: true)
                    try store.references.set(
                        reference("app:\(number)"), to: SampleImage.put(["x"], in: store).manifest)
                    return store.path
                }
                let store = try ContentStore.open(at: paths[0], create: false)
                #expect(try store.references.list().count == 8)
                #expect(try store.verify() == [])
            }
        }
    }

    @Test("Processes put the same blobs and their own references")
    func processes() async throws {
        try await withSandbox { path in
            let root = path + "/s"
            try await withThrowingTaskGroup(of: Void.self) { group in
                for worker in 0..<3 {
                    group.addTask {
                        await #expect(processExitsWith: .success) {
                            [root = root as String, worker = worker as Int] in
                            let store = try ContentStore.open(at: root, create: true)
                            for number in 0..<10 {
                                let image = try SampleImage.put(["same", "number \(number)"], in: store)
                                try store.references.set(
                                    reference("app-\(worker):\(number)"), to: image.manifest)
                                try store.records.put(
                                    CacheRecordTests.record("step \(number)", layer: image.layers[1]))
                            }
                        }
                    }
                }
                try await group.waitForAll()
            }
            let store = try ContentStore.open(at: root, create: false)
            #expect(try store.references.list().count == 30)
            #expect(try tree(root + "/chalk/ingests").isEmpty)
            #expect(try store.verify() == [])
        }
    }

    @Test("Collections and builds exclude each other, so that every image stays whole")
    func collections() throws {
        try withStore { store in
            let pool = IOPool(limit: 8)
            _ = try pool.concurrentMap(Array(0..<24), width: 6) { number in
                let own = try ContentStore.open(at: store.path, create: false)
                if number % 6 == 5 {
                    _ = try GarbageCollector(own).collect(olderThan: 0, waits: true)
                } else {
                    let lock = try StoreLock.shared(own)
                    let image = try SampleImage.put(["number \(number)"], in: own)
                    try own.references.set(reference("app:\(number)"), to: image.manifest)
                    withExtendedLifetime(lock) {}
                }
            }
            #expect(try store.references.list().count == 20)
            #expect(try store.verify() == [])
        }
    }
}
