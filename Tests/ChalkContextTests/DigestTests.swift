@testable import ChalkContext
import ChalkOCI
import ChalkSystem
import Testing

@Suite struct FileDigestCacheTests {
    private func status(of name: String, in tree: borrowing Tree) throws -> FileStatus {
        try tree.root.status(of: name)
    }

    private let digest = Digest.of(bytes("content"))
    private let later = FileStatus.Time(seconds: 1 << 40)

    @Test func findsWhatIsUnchangedOnly() throws {
        let tree = try Tree()
        try tree.file("f", "content")
        let original = try status(of: "f", in: tree)
        let cache = FileDigestCache()
        #expect(cache.digest(for: original) == nil)
        cache.record(digest, for: original, readAt: later)
        #expect(cache.digest(for: original) == digest)
        var changes: [FileStatus] = []
        for change: (inout FileStatus) -> Void in [
            { $0.size += 1 }, { $0.modified.nanoseconds ^= 1 }, { $0.changed.seconds += 1 },
            { $0.mode ^= 0o100 },
            { $0.inode += 1 }, { $0.device += 1 },
        ] {
            var other = original
            change(&other)
            changes.append(other)
        }
        for other in changes { #expect(cache.digest(for: other) == nil) }
    }

    @Test func racyEntriesAreNotTrusted() throws {
        let tree = try Tree()
        try tree.file("f")
        var file = try status(of: "f", in: tree)
        file.modified = .init(seconds: 1_000, nanoseconds: 500)
        file.changed = .init(seconds: 1_000, nanoseconds: 500)
        func isRacy(_ seconds: Int64, _ nanoseconds: Int64) -> Bool {
            FileDigestCache.isRacy(file, readAt: .init(seconds: seconds, nanoseconds: nanoseconds))
        }
        #expect(isRacy(1_000, 499))
        #expect(isRacy(1_000, 500))
        #expect(!isRacy(1_000, 501))
        // ctime alone is enough, for mtime can be set back.
        file.modified = .init(seconds: 1, nanoseconds: 7)
        #expect(isRacy(1_000, 500))
        #expect(!isRacy(1_000, 501))
        // An mtime set far ahead does not keep a file from being cached.
        file.modified = .init(seconds: 5_000, nanoseconds: 7)
        #expect(!isRacy(1_000, 501))
        // Whole seconds: two of them have to pass.
        file.modified = .init(seconds: 1_000)
        file.changed = .init(seconds: 1_000)
        #expect(isRacy(1_001, 999_999_999))
        #expect(isRacy(1_002, 0))
        #expect(!isRacy(1_002, 1))
        let cache = FileDigestCache()
        cache.record(digest, for: file, readAt: .init(seconds: 1_000))
        #expect(cache.count == 0)
    }

    @Test func fileFormat() throws {
        let tree = try Tree()
        try tree.file("f", "content")
        let original = try status(of: "f", in: tree)
        let cache = FileDigestCache()
        for index in 0..<500 {
            var other = original
            other.inode = UInt64(index)
            other.modified.seconds = -Int64(index)
            cache.record(Digest.of([UInt8(truncatingIfNeeded: index)]), for: other, readAt: later)
        }
        let path = tree.path + "/cache"
        try cache.save(to: path)
        let size = try tree.root.status(of: "cache").size
        #expect(size == Int64(8 + 500 * 88 + 32))
        let loaded = FileDigestCache(path: path)
        #expect(loaded.count == 500)
        for index in 0..<500 {
            var other = original
            other.inode = UInt64(index)
            other.modified.seconds = -Int64(index)
            #expect(loaded.digest(for: other) == Digest.of([UInt8(truncatingIfNeeded: index)]))
        }
        #expect(FileDigestCache(path: tree.path + "/missing").count == 0)
    }

    @Test func damageMeansEmpty() throws {
        let tree = try Tree()
        try tree.file("f", "content")
        let cache = FileDigestCache()
        cache.record(digest, for: try status(of: "f", in: tree), readAt: later)
        let path = tree.path + "/cache"
        try cache.save(to: path)
        let good = try FileSystem.read(path, limit: 1_000)
        for index in good.indices {
            var bad = good
            bad[index] ^= 1
            #expect(FileDigestTable(encoded: bad) == nil, "byte \(index)")
            #expect(FileDigestTable(encoded: Array(good[..<index])) == nil, "cut at \(index)")
        }
        #expect(FileDigestTable(encoded: good)?.count == 1)
        #expect(FileDigestTable(encoded: good + good) == nil)
        try tree.file("cache", "CHALKFD1 nonsense")
        #expect(FileDigestCache(path: path).count == 0)
        try tree.folder("dir")
        #expect(FileDigestCache(path: tree.path + "/dir").count == 0)
    }

    @Test func keepsWhatWasUsedLast() throws {
        let tree = try Tree()
        try tree.file("f")
        let original = try status(of: "f", in: tree)
        func entry(_ inode: UInt64) -> FileStatus {
            var other = original
            other.inode = inode
            return other
        }
        let path = tree.path + "/cache"
        let cache = FileDigestCache()
        for inode in 0..<UInt64(10) { cache.record(digest, for: entry(inode), readAt: later) }
        try cache.save(to: path)
        let second = FileDigestCache(path: path, limit: 4)
        for inode in [UInt64(2), 7] { #expect(second.digest(for: entry(inode)) == digest) }
        try second.save(to: path)
        let third = FileDigestCache(path: path)
        #expect(third.count == 4)
        #expect(third.digest(for: entry(2)) == digest && third.digest(for: entry(7)) == digest)
        // Full: what this run did not use makes room, what it did stays.
        let fourth = FileDigestCache(path: path, limit: 4)
        _ = fourth.digest(for: entry(7))
        for inode in UInt64(20)..<30 { fourth.record(digest, for: entry(inode), readAt: later) }
        #expect(fourth.count == 4)
        #expect(fourth.digest(for: entry(7)) == digest && fourth.digest(for: entry(22)) == digest)
        #expect(fourth.digest(for: entry(23)) == nil)
    }
}

@Suite struct FileDigesterTests {
    @Test func digestsFiles() throws {
        let tree = try Tree()
        let big = [UInt8](repeating: 7, count: FileDigester.bufferSize * 2 + 3)
        try tree.file("empty")
        try tree.file(bytes("a/big"), big)
        var reader = try ContextReader.open(tree.root)
        var digester = FileDigester()
        #expect(try digester.digest(bytes("empty"), from: &reader).digest == Digest.of([]))
        let result = try digester.digest(bytes("a/big"), from: &reader)
        #expect(result.digest == Digest.of(big))
        #expect(result.status.size == Int64(big.count))
    }

    @Test func readsAgainWhatChanges() throws {
        let tree = try Tree()
        try tree.file("f", "one")
        var readings = 0
        do {
            var reader = try ContextReader.open(tree.root)
            let root = try tree.root.open(".", [.readOnly, .directory])
            let raw = OpenDirectory(root)
            var digester = FileDigester { _ in
                readings += 1
                if readings == 1 {
                    let file = try raw.descriptor.open("f", [.writeOnly, .append])
                    try file.write(bytes(" and two"))
                }
            }
            #expect(try digester.digest(bytes("f"), from: &reader).digest == Digest.of(bytes("one and two")))
        }
        // One look at the half-written file in two reads, then one at the whole.
        #expect(readings == 3)
    }

    @Test func givesUpOnWhatKeepsChanging() throws {
        let tree = try Tree()
        try tree.file("f", "x")
        var reader = try ContextReader.open(tree.root)
        let raw = OpenDirectory(try tree.root.open(".", [.readOnly, .directory]))
        var mode: UInt32 = 0o600
        var digester = FileDigester { _ in
            mode ^= 0o100
            let time = FileStatus.Time(seconds: Int64(mode))
            try raw.descriptor.changeTime(time, of: "f")
        }
        let error = #expect(throws: ContextError.self) { _ = try digester.digest(bytes("f"), from: &reader) }
        #expect(
            error?.description
                == "cannot read f of the context: it changed during each of 4 readings; "
                + "try again when nothing else writes there")
        #expect(error?.code == .changed)
    }

    @Test(arguments: [
        ("", ContextError.Code.path), ("../x", .path), ("a/../f", .path), ("/etc/passwd", .path),
        ("a//f", .path),
        ("missing", .vanished), ("f/x", .vanished), ("link", .changed), ("dirlink/f", .vanished),
        ("fifo", .changed),
        ("a", .changed),
    ]) func opensOnlyFilesBelowTheRoot(path: String, code: ContextError.Code) throws {
        let tree = try Tree()
        try tree.file("a/f")
        try tree.file("f")
        try tree.root.makeLink("link", to: "f")
        try tree.root.makeLink("dirlink", to: "a")
        try tree.root.makeNode("fifo", type: 0o010000, mode: 0o600, device: 0)
        var reader = try ContextReader.open(tree.root)
        let error = #expect(throws: ContextError.self) { _ = try reader.open(bytes(path)) }
        #expect(error?.code == code)
        _ = try reader.open(bytes("a/f"))
    }
}
