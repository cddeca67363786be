/// Where bytes go, in order; the owner says elsewhere when they are all there.
package protocol ByteSink: AnyObject {
    /// Takes every byte or throws.
    func write(_ bytes: ArraySlice<UInt8>) throws
}

/// Where bytes come from, in order.
package protocol ByteSource: AnyObject {
    /// Fills `buffer` from its start with at least one byte and says how many; 0 is the end.
    func read(into buffer: inout [UInt8]) throws -> Int
}

extension ByteSink {
    /// Takes every byte of an array.
    package func write(_ bytes: [UInt8]) throws {
        try write(bytes[...])
    }
}

extension ByteSource {
    /// Moves all that is left into a sink through one buffer of 256 KiB; says how many bytes that were.
    @discardableResult
    package func drain(into sink: some ByteSink) throws -> Int64 {
        var buffer = [UInt8](repeating: 0, count: 262_144)
        var total: Int64 = 0
        while case let got = try read(into: &buffer), got > 0 {
            try sink.write(buffer[..<got])
            total += Int64(got)
        }
        return total
    }

    /// All that is left, at most `limit` bytes; more is an error (EFBIG).
    package func readToEnd(limit: Int) throws -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while case let got = try read(into: &buffer), got > 0 {
            if bytes.count + got > limit {
                throw SystemError(code: 27, operation: "read more than \(limit) bytes")
            }
            bytes.append(contentsOf: buffer[..<got])
        }
        return bytes
    }
}

/// Bytes in memory as a source.
package final class MemorySource: ByteSource {
    private let bytes: [UInt8]
    private var position = 0

    /// A source of the given bytes.
    package init(_ bytes: [UInt8]) { self.bytes = bytes }

    package func read(into buffer: inout [UInt8]) -> Int {
        let count = min(buffer.count, bytes.count - position)
        buffer.replaceSubrange(0..<count, with: bytes[position..<position + count])
        position += count
        return count
    }
}

/// A sink that keeps what it was given; for documents of bounded size and for tests.
package final class MemorySink: ByteSink {
    /// All bytes so far.
    package private(set) var bytes: [UInt8] = []

    /// An empty sink.
    package init() {}

    package func write(_ bytes: ArraySlice<UInt8>) {
        self.bytes.append(contentsOf: bytes)
    }
}

/// An open file as source and sink, at its own offset. It is closed when the last one that holds it lets go.
package final class FileStream: ByteSource, ByteSink, Sendable {
    private let file: FileDescriptor

    /// A stream that owns the descriptor.
    package init(_ file: consuming FileDescriptor) { self.file = file }

    /// The descriptor's number, borrowed.
    package var descriptor: Int32 { file.raw }

    package func read(into buffer: inout [UInt8]) throws(SystemError) -> Int { try file.read(into: &buffer) }

    /// Reads at most `count` bytes; none at the end.
    package func read(upTo count: Int) throws(SystemError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        let got = try file.read(into: &bytes)
        return Array(bytes[..<got])
    }

    package func write(_ bytes: ArraySlice<UInt8>) throws(SystemError) { try file.write(bytes) }

    /// Takes every byte of an array.
    package func write(_ bytes: [UInt8]) throws(SystemError) { try file.write(bytes) }
}
