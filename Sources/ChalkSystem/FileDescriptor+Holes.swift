internal import Glibc

/// What `lseek(2)` looks for (linux/fs.h); Glibc's header has it for `_GNU_SOURCE` alone.
private enum Seek: Int32 {
    case data = 3
    case hole = 4
}

/// Files with holes: parts that are zeros and lie nowhere on the disk.
extension FileDescriptor {
    /// Reads at most `count` bytes from a position to `buffer[offset...]`, and takes holes for the zeros that they
    /// are, without the kernel having to make pages of them. Moves the file offset.
    ///
    /// - Returns: how many bytes there were; fewer than asked for only at the end of the file.
    package func readSparse(
        into buffer: inout [UInt8], offset: Int, count: Int, at position: Int64
    ) throws(SystemError) -> Int {
        precondition(offset >= 0 && count >= 0 && offset + count <= buffer.count)
        var done = 0
        while done < count {
            let place = position + Int64(done)
            let hole = try hole(at: place)
            let data: Int
            if hole > 0 {
                let zeros = Int(min(hole, Int64(count - done)))
                unsafe buffer.withUnsafeMutableBytes { bytes in
                    if let start = bytes.baseAddress {
                        _ = unsafe memset(start + offset + done, 0, zeros)
                    }
                }
                data = zeros
            } else {
                let end = end(ofDataAt: place)
                let wanted = Int(min(max(end - place, 1), Int64(count - done)))
                data = try read(into: &buffer, offset: offset + done, count: wanted, at: place)
            }
            if data == 0 { break }
            done += data
        }
        return done
    }

    /// Bytes of the hole at a position; 0 where there is data, or the file ends.
    private func hole(at position: Int64) throws(SystemError) -> Int64 {
        if let data = seek(position, .data) { return data - position }
        // No data from there on: a hole to the end of the file, or a file system that knows no holes.
        return errno == ENXIO ? max(0, try status().size - position) : 0
    }

    /// Where the data at a position ends, as far as the file system knows.
    private func end(ofDataAt position: Int64) -> Int64 {
        seek(position, .hole) ?? .max
    }

    private func seek(_ position: Int64, _ kind: Seek) -> Int64? {
        let found = lseek(raw, off_t(position), kind.rawValue)
        return found < 0 ? nil : Int64(found)
    }
}

/// A file from its start as a source; holes past the first part of it cost no reading.
package final class SparseStream: ByteSource {
    private let file: FileDescriptor
    private var position: Int64 = 0

    /// A stream that owns the descriptor.
    package init(_ file: consuming FileDescriptor) { self.file = file }

    package func read(into buffer: inout [UInt8]) throws -> Int {
        // Most files are small: no questions before the first part.
        let got =
            position == 0
            ? try file.read(into: &buffer, at: 0)
            : try file.readSparse(into: &buffer, offset: 0, count: buffer.count, at: position)
        position += Int64(got)
        return got
    }
}
