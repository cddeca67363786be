import ChalkOCI
import ChalkStore
import ChalkSystem
import Foundation
import Testing

@Suite("Layer indexes, logs, cache mounts, remote sources, pins, locks")
struct KeyedFileTests {
    private let layer = DiffID(.of([1]))
    private let key = CacheRecordTests.key("step")

    @Test("A layer index comes back as it was put, or not at all")
    func layerIndexes() throws {
        try withStore { store in
            #expect(store.layerIndexes.get(layer) == nil)
            for bytes in [[], [0], Array("a\nb".utf8), [UInt8](repeating: 7, count: 200_000)] as [[UInt8]] {
                try store.layerIndexes.put(bytes, for: layer)
                #expect(store.layerIndexes.get(layer) == bytes)
            }
            let file = "\(store.path)/chalk/indexes/\(layer.digest.hex)"
            try store.layerIndexes.put(Array("segment".utf8), for: layer)
            let good = try Data(contentsOf: URL(fileURLWithPath: file))
            for index in good.indices {
                var bad = good
                bad[index] ^= 4
                try bad.write(to: URL(fileURLWithPath: file))
                #expect(store.layerIndexes.get(layer) == nil, "byte \(index)")
            }
            for count in 0..<good.count {
                try good.prefix(count).write(to: URL(fileURLWithPath: file))
                #expect(store.layerIndexes.get(layer) == nil, "first \(count) bytes")
            }
        }
    }

    @Test("A log is read while it is written; a new one of the same step starts empty")
    func logs() throws {
        try withStore { store in
            #expect(try store.logs.open(key) == nil)
            #expect(try store.logs.tail(key, limit: 10) == nil)
            let first = try store.logs.start(key)
            try first.write(Array("one\n".utf8))
            #expect(try store.logs.open(key)?.readToEnd(limit: 100) == Array("one\n".utf8))
            let second = try store.logs.start(key)
            try first.write(Array("late\n".utf8))
            try second.write(Array("two\n".utf8))
            #expect(try store.logs.open(key)?.readToEnd(limit: 100) == Array("two\n".utf8))
            #expect(try tree(store.path + "/chalk/ingests").isEmpty)
        }
    }

    @Test(
        "The end of a log starts with a line",
        arguments: [
            (100, "one\ntwo\nthree\n"), (14, "one\ntwo\nthree\n"), (13, "two\nthree\n"), (8, "three\n"),
            (6, ""), (0, ""), (-1, ""),
        ])
    func tail(limit: Int, expected: String) throws {
        try withStore { store in
            try store.logs.start(key).write(Array("one\ntwo\nthree\n".utf8))
            #expect(try store.logs.tail(key, limit: limit) == Array(expected.utf8))
        }
    }

    @Test("Cache mounts have a directory and a lock for each id")
    func cacheMounts() throws {
        let now = Now(10)
        try withStore(clock: { now.value }) { store in
            let mounts = store.cacheMounts
            #expect(try mounts.list().isEmpty)
            let path = try mounts.path("/root/.cache/pip")
            #expect(try mounts.path("/root/.cache/pip") == path)
            #expect(try mounts.path("../../x") != path)
            #expect(path.hasPrefix(store.path + "/chalk/mounts/"))
            #expect(try FileSystem.statusIfPresent(path) == nil)
            func isFree(_ id: String, _ mode: FileLock.Mode) throws -> Bool {
                switch try mounts.tryLock(id, mode) {
                case .some: true
                case .none: false
                }
            }
            do {
                let lock = try mounts.lock("/root/.cache/pip", .shared)
                #expect(try isFree("/root/.cache/pip", .shared))
                #expect(try !isFree("/root/.cache/pip", .exclusive))
                #expect(try isFree("other", .exclusive))
                withExtendedLifetime(lock) {}
            }
            #expect(try isFree("/root/.cache/pip", .exclusive))
            now.value = 20
            #expect(try isFree("/root/.cache/pip", .exclusive))
            let list = try mounts.list()
            #expect(list.map(\.id) == ["/root/.cache/pip", "other"])
            #expect(list.map(\.path) == [path, try mounts.path("other")])
            #expect(list.map(\.lastUsed) == [20, 10])
        }
    }

    @Test("Remote sources come back; a damaged one is none; the same again writes nothing")
    func remoteSources() throws {
        try withStore { store in
            let source = RemoteSource(
                registry: "localhost:5000", repository: "base", mediaType: .layerGzip, size: 77)
            let digest = Digest.of([1])
            #expect(store.remoteSources.get(digest) == nil)
            try store.remoteSources.put(source, for: digest)
            #expect(store.remoteSources.get(digest) == source)
            let file = "\(store.path)/chalk/remote/\(digest.hex)"
            let inode = try FileSystem.status(file).inode
            try store.remoteSources.put(source, for: digest)
            #expect(try FileSystem.status(file).inode == inode)
            for bad in ["", "{}", #"{"registry":"r","repository":"p","mediaType":"m","size":-1}"#] {
                try write(bad, file)
                #expect(store.remoteSources.get(digest) == nil)
            }
            try store.remoteSources.put(source, for: digest)
            #expect(store.remoteSources.get(digest) == source)
        }
    }

    @Test("Pins are kept by name")
    func pins() throws {
        try withStore { store in
            let first = Descriptor(mediaType: .manifest, digest: .of([1]), size: 1)
            let second = Descriptor(mediaType: .layer, digest: .of([2]), size: 1)
            #expect(try store.pins.list().isEmpty)
            #expect(try !store.pins.remove("b"))
            try store.pins.put("b", first)
            try store.pins.put("a/../x", second)
            try store.pins.put("b", second)
            #expect(try store.pins.list().map(\.name) == ["a/../x", "b"])
            #expect(try store.pins.list().map(\.descriptor) == [second, second])
            #expect(try store.pins.remove("b"))
            #expect(try store.pins.list().map(\.name) == ["a/../x"])
            let file = try #require(try tree(store.path + "/chalk/pins").first)
            try write("{}", "\(store.path)/chalk/pins/\(file)")
            #expect(
                try sentence { _ = try store.pins.list() }
                    == "\(store.path)/chalk/pins/\(file) cannot be read; delete it if nothing that it "
                    + "could keep is needed")
        }
    }

    @Test("Builds share the store, a collection has it alone")
    func storeLock() throws {
        try withStore { store in
            let message =
                "the store \(store.path) is in use by a build, pull or push; try again when it has ended"
            do {
                let first = try StoreLock.shared(store)
                let second = try StoreLock.shared(store)
                #expect(try sentence { _ = try StoreLock.exclusiveNow(store) } == message)
                #expect(try sentence { _ = try GarbageCollector(store).collect(olderThan: 0) } == message)
                withExtendedLifetime(first) {}
                withExtendedLifetime(second) {}
            }
            do {
                let alone = try StoreLock.exclusive(store)
                #expect(try code { _ = try StoreLock.exclusiveNow(store) } == .busy)
                withExtendedLifetime(alone) {}
            }
            _ = try StoreLock.exclusiveNow(store)
        }
    }
}
