internal import CArchive
internal import CZlib

/// Compresses one segment into bytes that stand on their own; used by one thread at a time.
protocol SegmentEncoder: AnyObject {
    /// The segment as one gzip member or zstd frame; a function of the bytes and the level alone.
    func encode(_ segment: [UInt8]) throws -> [UInt8]
}

/// gzip members by zlib, with a header that says nothing of the machine: mtime 0, no name, OS byte 255.
@safe final class GzipEncoder: SegmentEncoder {
    // zlib keeps a pointer to the stream, so it has a fixed address.
    private let stream: UnsafeMutablePointer<z_stream>
    private let header: [UInt8]

    init(level: Int) throws(ArchiveError) {
        guard (0...9).contains(level) else {
            throw ArchiveError(.invalidEntry, "gzip level \(level) does not exist: use 0 to 9")
        }
        unsafe stream = .allocate(capacity: 1)
        unsafe stream.initialize(to: z_stream())
        // RFC 1952: XFL 2 is "slowest", 4 "fastest".
        header = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, level == 9 ? 2 : level == 1 ? 4 : 0, 255]
        let code = unsafe deflateInit2_(
            stream, Int32(level), Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
            Int32(MemoryLayout<z_stream>.size))
        if code != Z_OK { throw ArchiveError(.system, "zlib could not be started: error \(code)") }
    }

    deinit {
        unsafe deflateEnd(stream)
        unsafe stream.deallocate()
    }

    func encode(_ segment: [UInt8]) throws -> [UInt8] {
        unsafe deflateReset(stream)
        let bound = header.count + Int(unsafe deflateBound(stream, uLong(segment.count))) + 8
        var code = Z_OK
        let member = unsafe [UInt8](unsafeUninitializedCapacity: bound) { output, count in
            unsafe segment.withUnsafeBufferPointer { input in
                _ = unsafe output.update(fromContentsOf: header)
                unsafe stream.pointee.next_in = unsafe UnsafeMutablePointer(mutating: input.baseAddress)
                unsafe stream.pointee.avail_in = uInt(input.count)
                unsafe stream.pointee.next_out = unsafe output.baseAddress.map { unsafe $0 + header.count }
                unsafe stream.pointee.avail_out = uInt(bound - header.count - 8)
                code = unsafe deflate(stream, Z_FINISH)
                count = header.count + Int(unsafe stream.pointee.total_out)
                let sum = UInt32(truncatingIfNeeded: unsafe crc32(0, input.baseAddress, uInt(input.count)))
                for word in [sum, UInt32(truncatingIfNeeded: input.count)] {
                    for shift in [0, 8, 16, 24] {
                        unsafe output[count] = UInt8(truncatingIfNeeded: word >> UInt32(shift))
                        count += 1
                    }
                }
            }
        }
        if code != Z_STREAM_END { throw ArchiveError(.system, "zlib failed to compress: error \(code)") }
        return member
    }
}

/// zstd frames by libarchive's zstd filter over its raw format.
final class ZstdEncoder: SegmentEncoder {
    private let level: Int

    init(level: Int) throws(ArchiveError) {
        guard (1...19).contains(level) else {
            throw ArchiveError(.invalidEntry, "zstd level \(level) does not exist: use 1 to 19")
        }
        self.level = level
    }

    func encode(_ segment: [UInt8]) throws -> [UInt8] {
        try ZstdLibrary.frame(segment, level: level)
    }
}
