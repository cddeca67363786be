internal import CZlib
internal import ChalkSystem

/// gzip members, one after another, as their content; checks each member's sum and length.
@safe final class GzipDecoder: ByteSource {
    // zlib keeps a pointer to the stream, so it has a fixed address.
    private let stream: UnsafeMutablePointer<z_stream>
    private let source: any ByteSource
    private var input = [UInt8](repeating: 0, count: 131_072)
    private var position = 0
    private var end = 0
    private var isInside = false

    init(_ source: any ByteSource) throws {
        self.source = source
        unsafe stream = .allocate(capacity: 1)
        unsafe stream.initialize(to: z_stream())
        let code = unsafe inflateInit2_(stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        if code != Z_OK { throw ArchiveError(.system, "zlib could not be started: error \(code)") }
    }

    deinit {
        unsafe inflateEnd(stream)
        unsafe stream.deallocate()
    }

    func read(into buffer: inout [UInt8]) throws -> Int {
        if buffer.isEmpty { return 0 }
        while true {
            if position == end {
                position = 0
                end = try source.read(into: &input)
                if end == 0 {
                    if isInside { throw damaged("it ends in the middle of a gzip member") }
                    return 0
                }
            }
            if !isInside {
                unsafe inflateReset(stream)
                isInside = true
            }
            let (code, got) = step(&buffer)
            switch code {
            case Z_STREAM_END: isInside = false
            case Z_OK, Z_BUF_ERROR: break
            default:
                let words = unsafe stream.pointee.msg.map { unsafe String(cString: $0) }
                throw damaged(words ?? "zlib error \(code)")
            }
            if got > 0 { return got }
        }
    }

    private func step(_ buffer: inout [UInt8]) -> (code: Int32, got: Int) {
        let waiting = end - position
        let room = buffer.count
        let code = unsafe input.withUnsafeMutableBufferPointer { input in
            unsafe buffer.withUnsafeMutableBufferPointer { output in
                unsafe stream.pointee.next_in = unsafe input.baseAddress.map { unsafe $0 + position }
                unsafe stream.pointee.avail_in = uInt(waiting)
                unsafe stream.pointee.next_out = output.baseAddress
                unsafe stream.pointee.avail_out = uInt(room)
                return unsafe inflate(stream, Z_NO_FLUSH)
            }
        }
        position += waiting - Int(unsafe stream.pointee.avail_in)
        return (code, room - Int(unsafe stream.pointee.avail_out))
    }

    private func damaged(_ why: String) -> ArchiveError {
        ArchiveError(.invalidArchive, "the archive is damaged or cut short: \(why)")
    }
}
