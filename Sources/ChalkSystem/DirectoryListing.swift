internal import CLinux
internal import Glibc

/// The names of one directory in byte order, in memory that is used again for the next directory.
///
/// For walks over many directories: no allocation a name, 17 bytes a name beside its own, and names go to the
/// kernel as they came from it.
package struct DirectoryListing: Sendable {
    /// What the kernel fills at a time; one serves all listings of a walk.
    package struct Buffer: ~Copyable, Sendable {
        fileprivate var bytes = [UInt8](repeating: 0, count: 65_536)

        /// A buffer.
        package init() {}
    }

    private struct Entry: Sendable {
        /// Eight bytes of the name, from where the names of the directory part, as a number that sorts like
        /// them.
        var key: UInt64 = 0
        /// Where the name starts, its kind and its length.
        private let packed: UInt64

        init(start: Int, length: Int, kind: FileStatus.Kind) {
            packed = UInt64(start) << 20 | UInt64(kind.rawValue) << 16 | UInt64(length)
        }

        var start: Int { Int(packed >> 20) }
        var length: Int { Int(packed & 0xFFFF) }
        var kind: FileStatus.Kind {
            FileStatus.Kind(rawValue: UInt8(truncatingIfNeeded: (packed >> 16) & 0xF)) ?? .unknown
        }
    }

    /// Each followed by a NUL, and eight more at the end.
    private var names: [UInt8] = []
    private var entries: [Entry] = []
    /// How many bytes all names have in common at their front.
    private var shared = 0

    /// A listing with room for nothing yet.
    package init() {}

    /// Number of names.
    package var count: Int { entries.count }

    /// Bytes that the listing holds on to.
    package var capacity: Int { names.capacity + entries.capacity * MemoryLayout<Entry>.stride }

    /// The type that the file system told with the name, else `.unknown`.
    package func kind(_ index: Int) -> FileStatus.Kind { entries[index].kind }

    /// The bytes of a name.
    package func name(_ index: Int) -> ArraySlice<UInt8> {
        let entry = entries[index]
        return names[entry.start..<(entry.start + entry.length)]
    }

    /// Appends a name to `path`.
    package func append(_ index: Int, to path: inout [UInt8]) {
        let entry = entries[index]
        unsafe names.withUnsafeBufferPointer { names in
            unsafe path.append(
                contentsOf: UnsafeBufferPointer(rebasing: names[entry.start..<(entry.start + entry.length)]))
        }
    }

    /// The place of a name.
    package func index(of name: [UInt8]) -> Int? {
        guard let first = entries.first, name.count >= shared,
            name[..<shared].elementsEqual(names[first.start..<(first.start + shared)])
        else { return nil }
        var key: UInt64 = 0
        for offset in 0..<min(name.count - shared, 8) {
            key |= UInt64(name[shared + offset]) << UInt64(56 - 8 * offset)
        }
        var low = 0
        var high = entries.count
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].key < key
                || (entries[middle].key == key && self.name(middle).lexicographicallyPrecedes(name))
            {
                low = middle + 1
            } else {
                high = middle
            }
        }
        return low < entries.count && entries[low].key == key && self.name(low).elementsEqual(name)
            ? low : nil
    }

    /// Replaces the content by the names in a directory but `.` and `..`, from where the descriptor stands:
    /// all of them when it was opened for this.
    package mutating func read(
        _ directory: borrowing FileDescriptor, through buffer: inout Buffer
    ) throws(SystemError) {
        names.removeAll(keepingCapacity: true)
        entries.removeAll(keepingCapacity: true)
        while true {
            let got = unsafe buffer.bytes.withUnsafeMutableBytes {
                unsafe linux_list_directory(directory.raw, $0.baseAddress, $0.count)
            }
            if got == 0 { break }
            if got > 0 {
                unsafe buffer.bytes.withUnsafeBytes {
                    unsafe take(UnsafeRawBufferPointer(rebasing: $0[..<got]))
                }
            } else if errno != EINTR {
                throw .last("list a directory")
            }
        }
        sort()
    }

    /// Adds the names of `linux_dirent64` records (`getdents64(2)`).
    private mutating func take(_ records: UnsafeRawBufferPointer) {
        guard let base = records.baseAddress else { return }
        var at = 0
        while at < records.count {
            let name = unsafe base + at + 19
            let length = unsafe strlen(name.assumingMemoryBound(to: CChar.self))
            let kind = FileStatus.Kind(directoryType: unsafe records[at + 18])
            at += Int(unsafe records.loadUnaligned(fromByteOffset: at + 16, as: UInt16.self))
            let bytes = unsafe UnsafeRawBufferPointer(start: name, count: length + 1)
            if unsafe bytes[0] == 0x2E && (length == 1 || (length == 2 && bytes[1] == 0x2E)) { continue }
            if entries.isEmpty {
                shared = length
            } else {
                var same = 0
                while same < shared, unsafe bytes[same] == names[same] { same += 1 }
                shared = same
            }
            entries.append(Entry(start: names.count, length: length, kind: kind))
            unsafe names.append(contentsOf: bytes)
        }
    }

    private mutating func sort() {
        for _ in 0..<8 { names.append(0) }
        let shared = shared
        unsafe names.withUnsafeBytes { names in
            guard let base = unsafe names.baseAddress?.assumingMemoryBound(to: CChar.self) else { return }
            for index in entries.indices {
                let entry = entries[index]
                let word = unsafe names.loadUnaligned(fromByteOffset: entry.start + shared, as: UInt64.self)
                let unused = UInt64(max(8 - (entry.length - shared), 0) * 8)
                entries[index].key = (UInt64(bigEndian: word) >> unused) << unused
            }
            entries.sort { a, b in
                a.key != b.key ? a.key < b.key : unsafe strcmp(base + a.start, base + b.start) < 0
            }
            // A name that went and came back meanwhile may have been told twice.
            var last: Entry?
            entries.removeAll { entry in
                defer { last = entry }
                guard let last, last.key == entry.key else { return false }
                return unsafe strcmp(base + last.start, base + entry.start) == 0
            }
        }
    }

    /// Calls `body` with a name as C takes it.
    fileprivate func withName<Result>(_ index: Int, _ body: (UnsafePointer<CChar>) -> Result) -> Result? {
        unsafe names.withUnsafeBytes { bytes in
            unsafe bytes.baseAddress.map { base in
                unsafe body((base + entries[index].start).assumingMemoryBound(to: CChar.self))
            }
        }
    }
}

extension FileDescriptor {
    /// Opens an entry of a listing of this directory; no link in last place is followed.
    package func open(
        _ index: Int, of listing: borrowing DirectoryListing, _ flags: OpenFlags
    ) throws(SystemError) -> FileDescriptor {
        while true {
            let number =
                unsafe listing.withName(index) {
                    unsafe openat(raw, $0, flags.rawValue | O_NOFOLLOW | O_CLOEXEC)
                } ?? -1
            if number >= 0 { return FileDescriptor(owning: number) }
            if errno != EINTR {
                throw .last("open", String(decoding: listing.name(index), as: UTF8.self))
            }
        }
    }

    /// What an entry of a listing of this directory is, without following a link.
    package func status(
        _ index: Int, of listing: borrowing DirectoryListing
    ) throws(SystemError) -> FileStatus {
        var buffer = stat()
        let code =
            unsafe listing.withName(index) { name in
                unsafe fstatat(raw, name, &buffer, AT_SYMLINK_NOFOLLOW)
            } ?? -1
        if code != 0 { throw .last("stat", String(decoding: listing.name(index), as: UTF8.self)) }
        return FileStatus(buffer)
    }
}
