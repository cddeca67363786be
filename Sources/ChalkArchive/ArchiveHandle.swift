internal import CArchive
internal import ChalkSystem
internal import Glibc

/// A libarchive reader over a ``ByteSource``: the owner of the C handle, which never leaves this file.
@safe final class ArchiveHandle {
    /// What libarchive is asked to understand.
    enum Format {
        /// A plain tar of any dialect.
        case tar
        /// One stream under one compression filter.
        case raw(filter: Int32)
    }

    /// The source as libarchive's callback sees it. Its buffer has a fixed address, for libarchive reads from it
    /// until the next call.
    @safe private final class Feed {
        let source: any ByteSource
        var error: (any Error)?
        var total: Int64 = 0
        var bytes = [UInt8](repeating: 0, count: 131_072)
        let buffer: UnsafeMutableBufferPointer<UInt8>

        init(_ source: any ByteSource) {
            self.source = source
            unsafe buffer = .allocate(capacity: 131_072)
        }

        deinit { unsafe buffer.deallocate() }

        func next() -> Int {
            do {
                let count = try source.read(into: &bytes)
                total += Int64(count)
                _ = unsafe buffer.update(fromContentsOf: bytes[..<count])
                return count
            } catch {
                self.error = error
                return -1
            }
        }
    }

    private let archive: OpaquePointer
    private let feed: Feed
    private var entry: OpaquePointer?

    init(_ source: any ByteSource, _ format: Format) throws {
        feed = Feed(source)
        guard let archive = unsafe archive_read_new() else {
            throw ArchiveError(.system, "libarchive is out of memory")
        }
        unsafe self.archive = archive
        switch format {
        case .tar:
            try unsafe check(archive_read_support_format_tar(archive))
        case .raw(let filter):
            try unsafe check(archive_read_support_format_raw(archive))
            try unsafe check(archive_read_append_filter(archive, filter))
        }
        try unsafe check(archive_read_support_format_empty(archive))
        let context = unsafe Unmanaged.passUnretained(feed).toOpaque()
        try unsafe check(
            archive_read_open(
                archive, context, nil,
                { _, context, block in
                    guard let context = unsafe context else { return -1 }
                    let feed = unsafe Unmanaged<Feed>.fromOpaque(context).takeUnretainedValue()
                    let count = feed.next()
                    unsafe block?.pointee = UnsafeRawPointer(feed.buffer.baseAddress)
                    return count
                }, nil))
        // A stream that a filter cannot decompress passes for an empty one; only the words of the filter tell.
        if unsafe archive_errno(archive) != 0 { try check(ARCHIVE_FATAL) }
    }

    deinit {
        _ = unsafe archive_read_free(archive)
    }

    /// Goes on to the next entry; false at the end.
    func next() throws -> Bool {
        let code = unsafe archive_read_next_header(archive, &entry)
        if code == ARCHIVE_EOF {
            if let error = feed.error { throw error }
            return false
        }
        try check(code)
        return true
    }

    /// Reads content of the entry; 0 at its end. Holes of sparse files are zeros.
    func read(into bytes: inout [UInt8]) throws -> Int {
        let count = unsafe bytes.withUnsafeMutableBytes {
            unsafe archive_read_data(archive, $0.baseAddress, $0.count)
        }
        if count < 0 { try check(Int32(truncatingIfNeeded: count)) }
        return max(0, count)
    }

    /// Checks at the end of a compressed stream that none of it was left unread, which libarchive keeps to itself.
    func checkAllRead() throws {
        let used = unsafe archive_filter_bytes(archive, -1)
        if used == feed.total, feed.next() == 0 { return }
        if let error = feed.error { throw error }
        throw ArchiveError(
            .invalidArchive, "the archive is damaged or cut short: bytes follow its compressed content")
    }

    // A warning (a name that is not the locale's, an attribute that makes no sense) still gives the entry.
    private func check(_ code: Int32) throws {
        if code >= ARCHIVE_OK || code == ARCHIVE_WARN { return }
        if let error = feed.error { throw error }
        var words = "no reason given"
        if let text = unsafe archive_error_string(archive) {
            words = unsafe String(cString: text)
        }
        throw ArchiveError(.invalidArchive, "the archive is damaged or cut short: \(words)")
    }
}

/// What the entry at hand says.
extension ArchiveHandle {
    /// The path as it stands in the archive; nil where it has none.
    var path: [UInt8]? { unsafe Self.bytes(archive_entry_pathname(entry)) }
    /// The target of a hard link; nil for other entries.
    var hardLinkTarget: [UInt8]? { unsafe Self.bytes(archive_entry_hardlink(entry)) }
    /// The target of a symbolic link.
    var linkTarget: [UInt8]? { unsafe Self.bytes(archive_entry_symlink(entry)) }
    /// `S_IFMT` bits.
    var fileType: UInt32 { unsafe UInt32(archive_entry_filetype(entry)) }
    /// Permission bits.
    var mode: UInt32 { unsafe UInt32(archive_entry_perm(entry)) & 0o7777 }
    /// Bytes of content.
    var size: Int64 { unsafe archive_entry_size(entry) }
    /// Owner.
    var uid: Int64 { unsafe archive_entry_uid(entry) }
    /// Group.
    var gid: Int64 { unsafe archive_entry_gid(entry) }
    /// Seconds since 1970.
    var mtime: Int64 { unsafe Int64(archive_entry_mtime(entry)) }
    /// Device number of a node.
    var device: (major: UInt32, minor: UInt32) {
        unsafe (
            UInt32(truncatingIfNeeded: archive_entry_rdevmajor(entry)),
            UInt32(truncatingIfNeeded: archive_entry_rdevminor(entry))
        )
    }

    /// Extended attributes in the archive's order.
    func attributes() -> [LayerEntry.Attribute] {
        var list: [LayerEntry.Attribute] = []
        guard unsafe archive_entry_xattr_reset(entry) > 0 else { return [] }
        var name: UnsafePointer<CChar>?
        var value: UnsafeRawPointer?
        var size = 0
        while unsafe archive_entry_xattr_next(entry, &name, &value, &size) == ARCHIVE_OK {
            guard let key = unsafe Self.bytes(name) else { continue }
            let bytes = unsafe Array(UnsafeRawBufferPointer(start: value, count: size))
            list.append(LayerEntry.Attribute(name: key, value: bytes))
        }
        return list
    }

    private static func bytes(_ text: UnsafePointer<CChar>?) -> [UInt8]? {
        guard let text = unsafe text else { return nil }
        return unsafe Array(UnsafeRawBufferPointer(start: text, count: strlen(text)))
    }
}
