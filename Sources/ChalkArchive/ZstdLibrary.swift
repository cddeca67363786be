internal import CArchive

/// zstd as libarchive has it: its filter over its raw format.
enum ZstdLibrary {
    /// The release of libzstd that is used.
    static var version: String {
        guard let text = unsafe archive_libzstd_version() else { return "unknown" }
        return unsafe String(cString: text)
    }

    /// One zstd frame that holds `bytes`.
    static func frame(_ bytes: [UInt8], level: Int) throws(ArchiveError) -> [UInt8] {
        guard let writer = unsafe archive_write_new(), let entry = unsafe archive_entry_new() else {
            throw ArchiveError(.system, "libarchive is out of memory")
        }
        defer {
            unsafe archive_entry_free(entry)
            _ = unsafe archive_write_free(writer)
        }
        unsafe archive_entry_set_filetype(entry, 0o100000)
        unsafe archive_entry_set_pathname(entry, "segment")
        // libarchive writes the size when it closes, so the counter has a fixed address.
        let used = UnsafeMutablePointer<Int>.allocate(capacity: 1)
        unsafe used.initialize(to: 0)
        defer { unsafe used.deallocate() }
        // zstd's own bound is size + size/256 and a little; frames and blocks included.
        let bound = bytes.count + bytes.count / 128 + 4096
        var good = false
        let frame = unsafe [UInt8](unsafeUninitializedCapacity: bound) { output, count in
            guard unsafe archive_write_set_format_raw(writer) == ARCHIVE_OK,
                unsafe archive_write_add_filter_zstd(writer) == ARCHIVE_OK,
                unsafe archive_write_set_filter_option(
                    writer, "zstd", "compression-level", String(level)) == ARCHIVE_OK,
                unsafe archive_write_set_bytes_per_block(writer, 0) == ARCHIVE_OK,
                unsafe archive_write_set_bytes_in_last_block(writer, 1) == ARCHIVE_OK,
                unsafe archive_write_open_memory(writer, output.baseAddress, bound, used) == ARCHIVE_OK,
                unsafe archive_write_header(writer, entry) == ARCHIVE_OK,
                unsafe bytes.withUnsafeBytes({
                    unsafe archive_write_data(writer, $0.baseAddress, $0.count)
                }) == bytes.count,
                unsafe archive_write_close(writer) == ARCHIVE_OK
            else { return }
            good = true
            count = unsafe used.pointee
        }
        if !good {
            let words = unsafe archive_error_string(writer).map { unsafe String(cString: $0) }
            throw ArchiveError(
                .unsupported,
                "libarchive cannot compress with zstd here (\(words ?? "no reason given")): use gzip")
        }
        return frame.trimmed
    }
}
