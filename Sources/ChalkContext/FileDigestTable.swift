internal import ChalkOCI
internal import ChalkSystem

/// The entries of a digest cache and their file format.
///
/// Format 1, numbers little-endian: `CHALKFD1`, then for each entry 88 bytes (device, inode, size, mtime
/// seconds, ctime seconds: 8 each; mtime nanoseconds, ctime nanoseconds, mode, generation: 4 each; digest:
/// 32), then the SHA-256 of everything before it.
struct FileDigestTable: Sendable {
    private struct Entry: Sendable {
        var device: UInt64
        var inode: UInt64
        var size: Int64
        var modified: FileStatus.Time
        var changed: FileStatus.Time
        var mode: UInt32
        /// The last loading of the cache in which the entry was of use.
        var generation: UInt32
        var digest: RawDigest

        func holds(for status: FileStatus) -> Bool {
            size == status.size && modified == status.modified && changed == status.changed
                && mode == status.mode
        }
    }

    private static let magic = Array("CHALKFD1".utf8)
    private static let entrySize = 88
    private static let digestSize = 32
    /// No file of more bytes is looked at.
    static let mostBytes = 1 << 30

    private var entries: [Entry] = []
    /// Open addressing: place of an entry plus 1, or 0; a power of two long, at most half full.
    private var slots = [UInt32](repeating: 0, count: 64)
    private var generation: UInt32 = 1
    /// Whether something was noted since the table was made or loaded.
    private(set) var hasNews = false

    init() {}

    var count: Int { entries.count }

    mutating func find(_ status: FileStatus) -> RawDigest? {
        guard let index = place(status.device, status.inode), entries[index].holds(for: status) else {
            return nil
        }
        entries[index].generation = generation
        return entries[index].digest
    }

    /// Notes a digest. A full table first forgets what this run has not used, and then takes nothing new.
    mutating func insert(_ digest: RawDigest, for status: FileStatus, limit: Int) {
        if entries.count >= limit, place(status.device, status.inode) == nil {
            let used = entries.filter { $0.generation == generation }
            if used.count < entries.count {
                entries = []
                slots = [UInt32](repeating: 0, count: slots.count)
                for entry in used { insert(entry) }
            }
            if entries.count >= limit { return }
        }
        hasNews = true
        insert(
            Entry(
                device: status.device, inode: status.inode, size: status.size, modified: status.modified,
                changed: status.changed, mode: status.mode, generation: generation, digest: digest))
    }

    private mutating func insert(_ entry: Entry) {
        if let index = place(entry.device, entry.inode) {
            entries[index] = entry
            return
        }
        entries.append(entry)
        if entries.count * 2 > slots.count {
            slots = [UInt32](repeating: 0, count: slots.count * 2)
            for index in entries.indices { fill(index) }
        } else {
            fill(entries.count - 1)
        }
    }

    private mutating func fill(_ index: Int) {
        var slot = start(entries[index].device, entries[index].inode)
        while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
        slots[slot] = UInt32(truncatingIfNeeded: index + 1)
    }

    private func place(_ device: UInt64, _ inode: UInt64) -> Int? {
        var slot = start(device, inode)
        while slots[slot] != 0 {
            let index = Int(slots[slot]) - 1
            if entries[index].inode == inode && entries[index].device == device { return index }
            slot = (slot + 1) & (slots.count - 1)
        }
        return nil
    }

    private func start(_ device: UInt64, _ inode: UInt64) -> Int {
        var mixed = (inode ^ device &* 0x9E37_79B9_7F4A_7C15) &* 0xD6E8_FEB8_6659_FD93
        mixed ^= mixed >> 32
        return Int(truncatingIfNeeded: mixed) & (slots.count - 1)
    }
}

extension FileDigestTable {
    /// nil for anything but bytes that ``encode(limit:)`` made.
    init?(encoded bytes: [UInt8]) {
        let overhead = FileDigestTable.magic.count + FileDigestTable.digestSize
        guard bytes.count >= overhead, bytes.starts(with: FileDigestTable.magic),
            (bytes.count - overhead) % FileDigestTable.entrySize == 0
        else { return nil }
        let end = bytes.count - FileDigestTable.digestSize
        var hasher = SHA256Hasher()
        hasher.update(bytes[..<end])
        guard RawDigest(hasher.finish()) == RawDigest(bytes: bytes[end...]) else { return nil }
        self.init()
        var reader = LittleEndian(bytes: bytes, at: FileDigestTable.magic.count)
        let count = (bytes.count - overhead) / FileDigestTable.entrySize
        entries.reserveCapacity(count)
        while slots.count < count * 2 { slots = [UInt32](repeating: 0, count: slots.count * 2) }
        var latest: UInt32 = 0
        for _ in 0..<count {
            let entry = FileDigestTable.read(&reader)
            latest = max(latest, entry.generation)
            insert(entry)
        }
        generation = latest == .max ? latest : latest + 1
    }

    private static func read(_ reader: inout LittleEndian) -> Entry {
        let device = reader.word()
        let inode = reader.word()
        let size = Int64(bitPattern: reader.word())
        let modified = Int64(bitPattern: reader.word())
        let changed = Int64(bitPattern: reader.word())
        let modifiedPart = Int64(reader.half())
        let changedPart = Int64(reader.half())
        let mode = reader.half()
        let generation = reader.half()
        return Entry(
            device: device, inode: inode, size: size,
            modified: FileStatus.Time(seconds: modified, nanoseconds: modifiedPart),
            changed: FileStatus.Time(seconds: changed, nanoseconds: changedPart), mode: mode,
            generation: generation, digest: reader.digest())
    }

    /// The file's bytes, with at most `limit` entries: those of use most lately.
    func encode(limit: Int) -> [UInt8] {
        var kept = entries[...]
        if kept.count > limit {
            kept = entries.sorted { ($0.generation, $1.inode) > ($1.generation, $0.inode) }.prefix(limit)
        }
        var writer = LittleEndian(bytes: FileDigestTable.magic, at: 0)
        writer.bytes.reserveCapacity(kept.count * FileDigestTable.entrySize + 64)
        for entry in kept {
            writer.put(entry.device)
            writer.put(entry.inode)
            writer.put(UInt64(bitPattern: entry.size))
            writer.put(UInt64(bitPattern: entry.modified.seconds))
            writer.put(UInt64(bitPattern: entry.changed.seconds))
            writer.put(UInt32(truncatingIfNeeded: entry.modified.nanoseconds))
            writer.put(UInt32(truncatingIfNeeded: entry.changed.nanoseconds))
            writer.put(entry.mode)
            writer.put(entry.generation)
            entry.digest.append(to: &writer.bytes)
        }
        var hasher = SHA256Hasher()
        hasher.update(writer.bytes)
        return writer.bytes + (RawDigest(hasher.finish())?.bytes ?? [])
    }
}

/// Little-endian numbers in bytes.
private struct LittleEndian {
    var bytes: [UInt8]
    var at: Int

    mutating func word() -> UInt64 {
        var value: UInt64 = 0
        for index in 0..<8 { value |= UInt64(bytes[at + index]) << UInt64(8 * index) }
        at += 8
        return value
    }

    mutating func half() -> UInt32 {
        var value: UInt32 = 0
        for index in 0..<4 { value |= UInt32(bytes[at + index]) << UInt32(8 * index) }
        at += 4
        return value
    }

    mutating func digest() -> RawDigest {
        defer { at += 32 }
        return RawDigest(bytes: bytes[at..<(at + 32)])
    }

    mutating func put(_ value: UInt64) {
        for index in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(8 * index))) }
    }

    mutating func put(_ value: UInt32) {
        for index in 0..<4 { bytes.append(UInt8(truncatingIfNeeded: value >> UInt32(8 * index))) }
    }
}
