package import ChalkOCI
package import ChalkSystem
private import Synchronization

/// Content digests by what `lstat` says, so that an unchanged file is never read again.
///
/// Keyed by device and inode; trusted only while size, mtime, ctime and mode are the same. An entry whose
/// file could have been written in the same tick of the clock in which it was read is not kept (git's
/// racy-timestamp rule). Any number of threads may use one cache. Bounded: what was not asked for longest
/// goes first.
package final class FileDigestCache: Sendable {
    private let state: Mutex<FileDigestTable>
    private let changes = Mutex(0)
    private let limit: Int

    /// Entries kept unless another limit is given; about 100 bytes each.
    package static let standardLimit = 1_000_000

    /// An empty cache.
    package init(limit: Int = FileDigestCache.standardLimit) {
        self.limit = max(limit, 0)
        state = Mutex(FileDigestTable())
    }

    /// The cache in a file; an empty one when the file is missing, from another version, or damaged in any
    /// way.
    package convenience init(path: String, limit: Int = FileDigestCache.standardLimit) {
        self.init(limit: limit)
        guard let bytes = try? FileSystem.read(path, limit: FileDigestTable.mostBytes),
            let table = FileDigestTable(encoded: bytes)
        else { return }
        state.withLock { $0 = table }
    }

    /// Whether anything was noted since the cache was made or loaded.
    package var hasChanged: Bool { changes.withLock { $0 > 0 } }

    /// Number of entries.
    package var count: Int { state.withLock { $0.count } }

    /// The digest of the file's content; nil when it has to be read.
    package func digest(for status: FileStatus) -> Digest? {
        rawDigest(for: status).map { Digest(bytes: $0.bytes) }
    }

    func rawDigest(for status: FileStatus) -> RawDigest? {
        state.withLock { $0.find(status) }
    }

    /// Notes the digest of a file.
    ///
    /// - Parameters:
    ///   - status: As it was before and after the reading.
    ///   - readAt: The files' clock (``FileStatus/Time/fileClock()``) before the reading began.
    package func record(_ digest: Digest, for status: FileStatus, readAt: FileStatus.Time) {
        guard status.kind == .file, !FileDigestCache.isRacy(status, readAt: readAt),
            let raw = RawDigest(digest)
        else { return }
        state.withLock { $0.insert(raw, for: status, limit: limit) }
        changes.withLock { $0 += 1 }
    }

    /// Whether a write after the reading could have left the same times.
    package static func isRacy(_ status: FileStatus, readAt: FileStatus.Time) -> Bool {
        status.stamp.isRacy(readAt: readAt)
    }

    /// Writes the cache to a file: whole or not at all. The directory must exist.
    ///
    /// A cache that was loaded and has learned nothing since is not written again.
    package func save(to path: String) throws(SystemError) {
        let encoded = state.withLock { table in
            table.hasNews || table.count > limit ? table.encode(limit: limit) : nil
        }
        guard let bytes = encoded else { return }
        let directory = try FileDescriptor.directory(PathText.parent(of: path))
        try AtomicFile.write(bytes, to: PathText.name(of: path), in: directory, mode: 0o600)
    }
}

/// The 32 bytes of a digest.
struct RawDigest: Hashable, Sendable {
    var a: UInt64 = 0
    var b: UInt64 = 0
    var c: UInt64 = 0
    var d: UInt64 = 0

    init?(_ digest: Digest) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(32)
        var high: UInt8?
        for digit in digest.hex.utf8 {
            let value = digit >= 0x61 ? digit &- 0x61 &+ 10 : digit &- 0x30
            if let first = high {
                bytes.append(first << 4 | value)
                high = nil
            } else {
                high = value
            }
        }
        guard bytes.count == 32 else { return nil }
        self.init(bytes: bytes[...])
    }

    /// From exactly 32 bytes.
    init(bytes: ArraySlice<UInt8>) {
        func word(_ index: Int) -> UInt64 {
            bytes[(bytes.startIndex + 8 * index)..<(bytes.startIndex + 8 * index + 8)]
                .reduce(0) { $0 << 8 | UInt64($1) }
        }
        (a, b, c, d) = (word(0), word(1), word(2), word(3))
    }

    var bytes: [UInt8] {
        var list: [UInt8] = []
        list.reserveCapacity(32)
        append(to: &list)
        return list
    }

    func append(to list: inout [UInt8]) {
        func put(_ word: UInt64) {
            for shift in 0..<8 { list.append(UInt8(truncatingIfNeeded: word >> UInt64(56 - 8 * shift))) }
        }
        put(a)
        put(b)
        put(c)
        put(d)
    }
}
