internal import CArchive

/// libarchive, opened when a foreign archive or a zstd layer is first met and kept: linked, it would cost 2 ms
/// at every start. The one file that calls it, but for ``ArchiveHandle`` beside it.
@safe struct ArchiveLibrary: @unchecked Sendable {
    // The table is written once, before anyone sees it, and never freed: hence Sendable.
    let functions: UnsafePointer<archive_library>

    /// The library of the process, or why there is none.
    static let shared: Result<ArchiveLibrary, ArchiveError> = {
        for name in ["libarchive.so.13", "libarchive.so"] {
            if let functions = unsafe archive_library_open(name) {
                return .success(unsafe ArchiveLibrary(functions: functions))
            }
        }
        return .failure(
            ArchiveError(
                .libraryMissing,
                "libarchive is needed to read this archive and was not found: install the package libarchive13"
            ))
    }()

    /// The release of libzstd that it uses.
    var zstdVersion: String {
        guard let text = unsafe functions.pointee.archive_libzstd_version() else { return "unknown" }
        return unsafe String(cString: text)
    }

    /// One zstd frame that holds `bytes`.
    func zstdFrame(_ bytes: [UInt8], level: Int) throws(ArchiveError) -> [UInt8] {
        let table = unsafe functions.pointee
        guard let writer = unsafe table.archive_write_new(), let entry = unsafe table.archive_entry_new()
        else {
            throw ArchiveError(.system, "libarchive is out of memory")
        }
        defer {
            unsafe table.archive_entry_free(entry)
            _ = unsafe table.archive_write_free(writer)
        }
        unsafe table.archive_entry_set_filetype(entry, 0o100000)
        unsafe table.archive_entry_set_pathname(entry, "segment")
        // libarchive writes the size when it closes, so the counter has a fixed address.
        let used = UnsafeMutablePointer<Int>.allocate(capacity: 1)
        unsafe used.initialize(to: 0)
        defer { unsafe used.deallocate() }
        // zstd's own bound is size + size/256 and a little; frames and blocks included.
        let bound = bytes.count + bytes.count / 128 + 4096
        var good = false
        let frame = unsafe [UInt8](unsafeUninitializedCapacity: bound) { output, count in
            guard unsafe table.archive_write_set_format_raw(writer) == ARCHIVE_OK,
                unsafe table.archive_write_add_filter_zstd(writer) == ARCHIVE_OK,
                unsafe table.archive_write_set_filter_option(
                    writer, "zstd", "compression-level", String(level)) == ARCHIVE_OK,
                unsafe table.archive_write_set_bytes_per_block(writer, 0) == ARCHIVE_OK,
                unsafe table.archive_write_set_bytes_in_last_block(writer, 1) == ARCHIVE_OK,
                unsafe table.archive_write_open_memory(writer, output.baseAddress, bound, used) == ARCHIVE_OK,
                unsafe table.archive_write_header(writer, entry) == ARCHIVE_OK,
                unsafe bytes.withUnsafeBytes({
                    unsafe table.archive_write_data(writer, $0.baseAddress, $0.count)
                }) == bytes.count,
                unsafe table.archive_write_close(writer) == ARCHIVE_OK
            else { return }
            good = true
            count = unsafe used.pointee
        }
        if !good {
            let words = unsafe table.archive_error_string(writer).map { unsafe String(cString: $0) }
            throw ArchiveError(
                .unsupported,
                "libarchive cannot compress with zstd here (\(words ?? "no reason given")): use gzip")
        }
        return frame
    }
}
