import ChalkOCI
import ChalkStore
import ChalkSystem
import Foundation
import Testing

@Suite("A disk without room")
struct FullDiskTests {
    @Test("A file that may not grow is an error; nothing is left and the store goes on")
    func limitedFiles() async throws {
        try await withSandbox { path in
            let root = path + "/s"
            // The limit is the process', so another one has it.
            await #expect(processExitsWith: .success) { [root = root as String] in
                let store = try ContentStore.open(at: root, create: true)
                let image = try SampleImage.put(["kept"], in: store)
                try store.references.set(reference("kept"), to: image.manifest)
                signal(SIGXFSZ, SIG_IGN)
                var limit = rlimit(rlim_cur: 10_000, rlim_max: 10_000)
                try #require(setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0)
                let message = try sentence { try store.put([UInt8](repeating: 1, count: 100_000)) }
                try #require(
                    message == "cannot write a blob to the store \(store.path): file too large; run "
                        + "`chalk-image verify` to check the store")
                try #require(
                    try code {
                        try store.records.put(
                            CacheRecordTests.record("a", title: String(repeating: "x", count: 20_000)))
                    } == .system)
                try #require(try tree(root + "/chalk/ingests").isEmpty)
                try #require(try store.verify() == [])
                let other = try SampleImage.put(["small"], in: store)
                try store.references.set(reference("small"), to: other.manifest)
            }
            let store = try ContentStore.open(at: root, create: false)
            #expect(try store.references.list().count == 2)
            #expect(try store.verify() == [])
        }
    }

    @Test("A full disk is an error that says how to go on; what was there stays", .enabled(if: getuid() == 0))
    func fullDisk() throws {
        try withSandbox { path in
            try #require(try run(["mount", "-t", "tmpfs", "-o", "size=1m", "chalk-test", path]).status == 0)
            defer { _ = try? run(["umount", path]) }
            let store = try ContentStore.open(at: path + "/s", create: true)
            let image = try SampleImage.put(["kept"], in: store)
            try store.references.set(reference("kept"), to: image.manifest)
            #expect(
                try sentence { try store.put([UInt8](repeating: 1, count: 2 << 20)) }
                    == "cannot write a blob to the store \(store.path): no space left on device; make "
                    + "room there, for example with `chalk-image prune`, and try again")
            #expect(try code { try store.put([UInt8](repeating: 1, count: 2 << 20)) } == .full)
            #expect(try tree(store.path + "/chalk/ingests").isEmpty)
            // Fill the rest, so that not even small files fit.
            do {
                let filler = try FileDescriptor.open(path + "/filler", [.writeOnly, .create])
                while (try? filler.write([UInt8](repeating: 0, count: 4096))) != nil {}
            }
            let record = CacheRecordTests.record("a")
            #expect(try code { try store.records.put(record) } == .full)
            #expect(try code { try store.references.set(reference("new"), to: image.manifest) } == .full)
            #expect(try code { try store.references.remove(reference("kept")) } == .full)
            #expect(try store.references.descriptor(for: reference("kept")) == image.manifest)
            #expect(try store.verify() == [])
            try FileManager.default.removeItem(atPath: path + "/filler")
            try store.references.set(reference("new"), to: image.manifest)
            #expect(try store.references.list().count == 2)
        }
    }

    @Test("A store that may not be written to still answers", .enabled(if: getuid() == 0))
    func readOnly() throws {
        try withSandbox { path in
            try #require(try run(["mount", "-t", "tmpfs", "-o", "size=1m", "chalk-test", path]).status == 0)
            defer { _ = try? run(["umount", path]) }
            let writable = try ContentStore.open(at: path + "/s", create: true)
            let image = try SampleImage.put(["kept"], in: writable)
            try writable.references.set(reference("kept"), to: image.manifest)
            var record = CacheRecordTests.record("a", layer: image.layers[0])
            try writable.records.put(record)
            try #require(try run(["mount", "-o", "remount,ro", path]).status == 0)
            let store = try ContentStore.open(at: path + "/s", create: false)
            guard case .hit(let found) = store.records.lookup(record.key) else {
                Issue.record("the record is not found")
                return
            }
            record.lastUsed = found.lastUsed
            #expect(found == record)
            #expect(try store.references.descriptor(for: reference("kept")) == image.manifest)
            #expect(
                try sentence { try store.references.remove(reference("kept")) }
                    == "cannot write \(store.path)/index.json: read-only file system; check its owner and "
                    + "permissions, or name another place")
            #expect(try code { try store.put([1]) } == .system)
        }
    }
}
