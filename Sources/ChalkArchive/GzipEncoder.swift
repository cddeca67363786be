internal import CZlib

/// gzip members (RFC 1952) by zlib, with a header that says nothing of the machine: mtime 0, no name, OS byte 255.
///
/// Each block gets the effort that its bytes are worth (``ContentProbe``), within one stream.
final class GzipEncoder: SegmentEncoder {
    private static let blockSize = 65_536
    private static let trailerSize = 8
    private let level: Int
    private let header: [UInt8]
    private let stream: DeflateStream
    private let probe: ContentProbe
    private var zeros = ZeroMembers()

    init(level: Int) throws(ArchiveError) {
        guard (0...9).contains(level) else {
            throw ArchiveError(.invalidEntry, "gzip level \(level) does not exist: use 0 to 9")
        }
        self.level = level
        header = GzipEncoder.header(level: level)
        stream = try DeflateStream(level == 0 ? .stored : .matches(level: level))
        probe = ContentProbe(isThorough: level > 6)
    }

    /// The first bytes of every member.
    static func header(level: Int) -> [UInt8] {
        // XFL 2 is "slowest", 4 "fastest".
        [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, level == 9 ? 2 : level == 1 ? 4 : 0, 255]
    }

    /// The last bytes of a member: CRC-32 and size, modulo 2^32, of what it holds.
    static func trailer(sum: uLong, size: UInt32) -> [UInt8] {
        [UInt32(truncatingIfNeeded: sum), size].flatMap { word in
            [0, 8, 16, 24].map { UInt8(truncatingIfNeeded: word >> $0) }
        }
    }

    func encode(_ segment: [UInt8]) throws -> [UInt8] { try encode(segment, 0..<segment.count) }

    /// A part of a segment as a member.
    func encode(_ segment: [UInt8], _ range: Range<Int>) throws -> [UInt8] {
        if let known = zeros.member(segment, range) { return known }
        let member = try deflated(segment, range).trimmed
        zeros.keep(member, of: segment, range)
        return member
    }

    private func deflated(_ segment: [UInt8], _ range: Range<Int>) throws -> [UInt8] {
        let parts = range.count / GzipEncoder.blockSize + 1
        let room = stream.bound(range.count, parts: parts)
        let bound = header.count + room + GzipEncoder.trailerSize
        return try unsafe [UInt8](unsafeUninitializedCapacity: bound) { output, count in
            try unsafe segment.withUnsafeBufferPointer { whole in
                guard let base = output.baseAddress else { return }
                let input = unsafe UnsafeBufferPointer(rebasing: whole[range])
                _ = unsafe output.update(fromContentsOf: header)
                try unsafe stream.start(base + header.count, room: room)
                var start = 0
                repeat {
                    let end = min(start + GzipEncoder.blockSize, input.count)
                    let block = unsafe UnsafeBufferPointer(rebasing: input[start..<end])
                    try unsafe stream.add(block, effort(for: block), isLast: end == input.count)
                    start = end
                } while start < input.count
                count = header.count + stream.count
                let sum = unsafe crc32(0, input.baseAddress, uInt(input.count))
                let size = UInt32(truncatingIfNeeded: input.count)
                for byte in GzipEncoder.trailer(sum: sum, size: size) {
                    unsafe output[count] = byte
                    count += 1
                }
            }
        }
    }

    private func effort(for block: UnsafeBufferPointer<UInt8>) -> DeflateStream.Effort {
        if level == 0 { return .stored }
        return switch unsafe probe.look(at: block) {
        case .noise: .stored
        case .plain: .huffman
        case .runs: .runs
        case .repeats: .matches(level: level)
        }
    }
}
