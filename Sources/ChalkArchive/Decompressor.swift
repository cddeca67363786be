package import ChalkSystem

/// A compressed stream as its content; the format is seen in the first bytes.
package final class Decompressor: ByteSource {
    /// How a stream is compressed.
    package enum Format: Hashable, Sendable {
        case none, gzip, zstd, xz, bzip2, lz4

        /// Reads the first bytes of a stream.
        init(magic: [UInt8]) {
            self = .none
            if magic.starts(with: [0x1F, 0x8B]) { self = .gzip }
            if magic.starts(with: [0x28, 0xB5, 0x2F, 0xFD]) { self = .zstd }
            // Frames that zstd readers skip; estargz and zstd:chunked tools put them in.
            if magic.count >= 4, magic[0] & 0xF0 == 0x50, magic[1...].starts(with: [0x2A, 0x4D, 0x18]) {
                self = .zstd
            }
            if magic.starts(with: [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00]) { self = .xz }
            if magic.starts(with: [0x42, 0x5A, 0x68]), magic.count >= 4, (0x31...0x39).contains(magic[3]) {
                self = .bzip2
            }
            if magic.starts(with: [0x04, 0x22, 0x4D, 0x18]) { self = .lz4 }
        }

        /// libarchive's number of the filter; nil for what is read without it.
        var filter: Int32? {
            switch self {
            case .none, .gzip: nil
            case .bzip2: 2
            case .xz: 6
            case .lz4: 13
            case .zstd: 14
            }
        }
    }

    /// A source whose first bytes were looked at; counts.
    private final class Peeked: ByteSource {
        private let source: any ByteSource
        private var head: [UInt8] = []
        private var headPosition = 0
        var count: Int64 = 0

        init(_ source: any ByteSource) { self.source = source }

        func peek(_ wanted: Int) throws -> [UInt8] {
            var buffer = [UInt8](repeating: 0, count: 4_096)
            while head.count < wanted, case let got = try source.read(into: &buffer), got > 0 {
                head.append(contentsOf: buffer[..<got])
            }
            return Array(head.prefix(wanted))
        }

        func read(into buffer: inout [UInt8]) throws -> Int {
            var got = min(buffer.count, head.count - headPosition)
            if got > 0 {
                buffer.replaceSubrange(0..<got, with: head[headPosition..<headPosition + got])
                headPosition += got
            } else {
                got = try source.read(into: &buffer)
            }
            count += Int64(got)
            return got
        }
    }

    /// What the first bytes said.
    package let format: Format
    private let input: Peeked
    private let output: any ByteSource
    private let limits: ArchiveLimits
    private var count: Int64 = 0

    /// Looks at the first bytes of a stream.
    ///
    /// - Throws: what the source throws; ``ArchiveError`` where libarchive is needed and missing.
    package init(_ source: any ByteSource, limits: ArchiveLimits = ArchiveLimits()) throws {
        input = Peeked(source)
        self.limits = limits
        format = try Format(magic: input.peek(6))
        if let filter = format.filter {
            output = try LibraryDecoder(input, filter: filter)
        } else {
            output = format == .gzip ? try GzipDecoder(input) : input
        }
    }

    package func read(into buffer: inout [UInt8]) throws -> Int {
        let got = try output.read(into: &buffer)
        count += Int64(got)
        if count > limits.totalSize {
            throw ArchiveError(
                .limitExceeded, "the archive holds more than the \(limits.totalSize) bytes that are allowed")
        }
        if count > limits.expansionFloor, count / limits.expansion > input.count {
            throw ArchiveError(
                .limitExceeded,
                "the archive expands more than \(limits.expansion) times (\(input.count) to \(count) bytes and on), which is more than is allowed"
            )
        }
        return got
    }

    /// The content of LZ4 frames that are at hand.
    ///
    /// - Throws: ``ArchiveError``: `invalidArchive` for other or damaged bytes, `limitExceeded` when the content
    ///   has more than `limit` bytes.
    package static func lz4Decode(_ bytes: [UInt8], limit: Int) throws -> [UInt8] {
        let source = try Decompressor(MemorySource(bytes))
        guard source.format == .lz4 else {
            throw ArchiveError(
                .invalidArchive, "the bytes are no LZ4 frame: they do not begin with its magic number")
        }
        var content: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while case let got = try source.read(into: &buffer), got > 0 {
            if content.count + got > limit {
                throw ArchiveError(
                    .limitExceeded, "the LZ4 frame holds more than the \(limit) bytes that are allowed")
            }
            content.append(contentsOf: buffer[..<got])
        }
        return content
    }
}

/// A stream under a filter of libarchive.
final class LibraryDecoder: ByteSource {
    private let handle: ArchiveHandle
    private var isStarted = false
    private var isAtEnd = false

    init(_ source: any ByteSource, filter: Int32) throws {
        handle = try ArchiveHandle(source, .raw(filter: filter))
    }

    func read(into buffer: inout [UInt8]) throws -> Int {
        if !isStarted {
            isStarted = true
            isAtEnd = try !handle.next()
        }
        if isAtEnd { return 0 }
        let got = try handle.read(into: &buffer)
        if got == 0 { isAtEnd = true }
        return got
    }
}
