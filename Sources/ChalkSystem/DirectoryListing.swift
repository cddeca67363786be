internal import Glibc

/// The names of one directory in byte order, in memory that is used again for the next directory.
///
/// For walks over many directories: no allocation a name, and names go to the kernel as they came from it.
package struct DirectoryListing: Sendable {
    private struct Entry: Sendable {
        /// The first eight bytes of the name, as a number that sorts like them.
        var key: UInt64
        var start: Int
        var length: UInt32
        var kind: FileStatus.Kind
    }

    /// Each followed by a NUL.
    private var names: [UInt8] = []
    private var entries: [Entry] = []

    /// A listing with room for nothing yet.
    package init() {}

    /// Number of names.
    package var count: Int { entries.count }

    /// The type that the file system told with the name, else `.unknown`.
    package func kind(_ index: Int) -> FileStatus.Kind { entries[index].kind }

    /// The bytes of a name.
    package func name(_ index: Int) -> ArraySlice<UInt8> {
        let entry = entries[index]
        return names[entry.start..<(entry.start + Int(entry.length))]
    }

    /// The place of a name.
    package func index(of name: [UInt8]) -> Int? {
        let key = DirectoryListing.key(name.span)
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

    /// Replaces the content by the names in `directory` but `.` and `..`.
    package mutating func read(_ directory: borrowing FileDescriptor) throws(SystemError) {
        names.removeAll(keepingCapacity: true)
        entries.removeAll(keepingCapacity: true)
        let copy = fcntl(directory.raw, F_DUPFD_CLOEXEC, 0)
        if copy < 0 { throw .last("list a directory") }
        guard let stream = unsafe fdopendir(copy) else {
            let error = SystemError.last("list a directory")
            _ = Glibc.close(copy)
            throw error
        }
        defer { _ = unsafe closedir(stream) }
        // The copy shares its position with a descriptor that may have been read before.
        unsafe rewinddir(stream)
        let offset = MemoryLayout<dirent>.offset(of: \.d_name) ?? 19
        while true {
            errno = 0
            guard let entry = unsafe readdir(stream) else {
                if errno != 0 { throw .last("list a directory") }
                break
            }
            let pointer = unsafe UnsafeRawPointer(entry) + offset
            let length = unsafe strlen(pointer.assumingMemoryBound(to: CChar.self))
            let bytes = unsafe UnsafeBufferPointer(
                start: pointer.assumingMemoryBound(to: UInt8.self), count: length)
            if unsafe bytes[0] == 0x2E && (length == 1 || (length == 2 && bytes[1] == 0x2E)) { continue }
            let start = names.count
            unsafe names.append(contentsOf: bytes)
            names.append(0)
            entries.append(
                Entry(
                    key: DirectoryListing.key(unsafe bytes.span), start: start, length: UInt32(length),
                    kind: FileStatus.Kind(directoryType: unsafe entry.pointee.d_type)))
        }
        unsafe names.withUnsafeBytes { bytes in
            guard let base = unsafe bytes.baseAddress?.assumingMemoryBound(to: CChar.self) else { return }
            entries.sort { a, b in
                a.key != b.key ? a.key < b.key : unsafe strcmp(base + a.start, base + b.start) < 0
            }
        }
    }

    private static func key(_ name: Span<UInt8>) -> UInt64 {
        var key: UInt64 = 0
        for index in 0..<min(name.count, 8) { key |= UInt64(name[index]) << UInt64(56 - 8 * index) }
        return key
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
