internal import CLinux
internal import Glibc

extension FileDescriptor {
    /// Reads at most `buffer.count` bytes; 0 means the end.
    package func read(into buffer: inout [UInt8]) throws(SystemError) -> Int {
        try read(into: &buffer, offset: 0, count: buffer.count)
    }

    /// Reads at most `count` bytes to `buffer[offset...]`; 0 means the end.
    package func read(into buffer: inout [UInt8], offset: Int, count: Int) throws(SystemError) -> Int {
        precondition(offset >= 0 && count >= 0 && offset + count <= buffer.count)
        while true {
            let got = unsafe buffer.withUnsafeMutableBytes { bytes in
                unsafe bytes.baseAddress.map { unsafe Glibc.read(raw, $0 + offset, count) } ?? 0
            }
            if got >= 0 { return got }
            if errno != EINTR { throw .last("read") }
        }
    }

    /// Reads at most `buffer.count` bytes from a position without moving the file offset.
    package func read(into buffer: inout [UInt8], at position: Int64) throws(SystemError) -> Int {
        while true {
            let got = unsafe buffer.withUnsafeMutableBytes { bytes in
                unsafe pread(raw, bytes.baseAddress, bytes.count, off_t(position))
            }
            if got >= 0 { return got }
            if errno != EINTR { throw .last("read") }
        }
    }

    /// Reads at most `count` bytes from a position to `buffer[offset...]` without moving the file offset.
    package func read(
        into buffer: inout [UInt8], offset: Int, count: Int, at position: Int64
    ) throws(SystemError) -> Int {
        precondition(offset >= 0 && count >= 0 && offset + count <= buffer.count)
        while true {
            let got = unsafe buffer.withUnsafeMutableBytes { bytes in
                unsafe bytes.baseAddress.map { unsafe pread(raw, $0 + offset, count, off_t(position)) } ?? 0
            }
            if got >= 0 { return got }
            if errno != EINTR { throw .last("read") }
        }
    }

    /// The same again and again until there are `count` bytes or the file ends.
    package func readAll(
        into buffer: inout [UInt8], offset: Int, count: Int, at position: Int64
    ) throws(SystemError) -> Int {
        var done = 0
        while done < count {
            let got = try read(
                into: &buffer, offset: offset + done, count: count - done, at: position + Int64(done))
            if got == 0 { break }
            done += got
        }
        return done
    }

    /// Reads to the end, at most `limit` bytes.
    ///
    /// - Throws: ``SystemError`` with EFBIG when there is more.
    package func readToEnd(limit: Int) throws(SystemError) -> [UInt8] {
        var bytes: [UInt8] = []
        let size = max(Int(clamping: (try? status().size) ?? 0), 0)
        bytes.reserveCapacity(min(size, limit))
        // Room for one byte more, so that a small file takes one reading and the one that finds its end.
        var buffer = [UInt8](repeating: 0, count: size == 0 ? 65_536 : min(size, 65_535) + 1)
        while true {
            let got = try read(into: &buffer)
            if got == 0 { return bytes }
            if bytes.count + got > limit {
                throw SystemError(code: EFBIG, operation: "read more than \(limit) bytes")
            }
            bytes.append(contentsOf: buffer[..<got])
        }
    }

    /// Writes every byte.
    package func write(_ bytes: [UInt8]) throws(SystemError) {
        try write(bytes[...])
    }

    /// Writes every byte of a slice.
    package func write(_ bytes: ArraySlice<UInt8>) throws(SystemError) {
        var start = bytes.startIndex
        while start < bytes.endIndex {
            let wrote = unsafe bytes[start...].withUnsafeBytes {
                unsafe Glibc.write(raw, $0.baseAddress, $0.count)
            }
            if wrote >= 0 {
                start += wrote
            } else if errno != EINTR {
                throw .last("write")
            }
        }
    }

    /// Moves the file offset to a position from the start.
    package func seek(to position: Int64) throws(SystemError) {
        if lseek(raw, off_t(position), SEEK_SET) < 0 { throw .last("seek") }
    }

    /// Sets the length of the file in bytes.
    package func truncate(to length: Int64) throws(SystemError) {
        if ftruncate(raw, off_t(length)) != 0 { throw .last("truncate") }
    }

    /// Waits until content and size are on the disk (directories: until their names are).
    package func sync() throws(SystemError) {
        while fsync(raw) != 0 {
            if errno != EINTR { throw .last("fsync") }
        }
    }

    /// Copies `count` bytes from a position of another file to this file's offset, in the kernel where it can.
    package func copy(
        _ count: Int64, from source: borrowing FileDescriptor, at position: Int64
    ) throws(SystemError) {
        var left = count
        var from = position
        while left > 0 {
            let moved = unsafe linux_copy_file_range(source.raw, &from, raw, nil, Int(min(left, 1 << 30)), 0)
            if moved > 0 {
                left -= Int64(moved)
            } else if moved == 0 {
                throw SystemError(code: EIO, operation: "copy a range past the end of a file")
            } else if errno == EXDEV || errno == EINVAL || errno == EOPNOTSUPP || errno == ENOSYS {
                return try copyThroughBuffer(left, from: source, at: from)
            } else if errno != EINTR {
                throw .last("copy a file range")
            }
        }
    }

    private func copyThroughBuffer(
        _ count: Int64, from source: borrowing FileDescriptor, at position: Int64
    ) throws(SystemError) {
        var buffer = [UInt8](repeating: 0, count: 262_144)
        var done: Int64 = 0
        while done < count {
            let got = try source.read(into: &buffer, at: position + done)
            if got == 0 { throw SystemError(code: EIO, operation: "copy a range past the end of a file") }
            let use = Int(min(Int64(got), count - done))
            try write(buffer[..<use])
            done += Int64(use)
        }
    }
}
