internal import CZlib

/// One gzip member (RFC 1952) of any length, in pieces.
final class GzipMember {
    /// What zlib may still hold back from the pieces before.
    private static let slack = 256 << 10
    private let stream: DeflateStream
    private let effort: DeflateStream.Effort
    private let header: [UInt8]
    private var sum: uLong = 0
    private var size: UInt32 = 0
    private var isStarted = false

    init(level: Int) throws(ArchiveError) {
        effort = level == 0 ? .stored : .matches(level: level)
        stream = try DeflateStream(effort)
        header = GzipEncoder.header(level: level)
    }

    /// Adds bytes; gives what there is of the member so far.
    func add(_ bytes: [UInt8], isLast: Bool) throws -> [UInt8] {
        let room = stream.bound(bytes.count, parts: 1) + Self.slack
        sum = unsafe bytes.withUnsafeBufferPointer { unsafe crc32(sum, $0.baseAddress, uInt($0.count)) }
        size &+= UInt32(truncatingIfNeeded: bytes.count)
        let before = isStarted ? stream.count : 0
        let packed = try unsafe [UInt8](unsafeUninitializedCapacity: room) { output, count in
            try unsafe bytes.withUnsafeBufferPointer { input in
                guard let base = output.baseAddress else { return }
                if isStarted {
                    unsafe stream.goOn(base, room: room)
                } else {
                    try unsafe stream.start(base, room: room)
                }
                try unsafe stream.add(input, effort, isLast: isLast)
                count = stream.count - before
            }
        }
        defer { isStarted = true }
        return (isStarted ? [] : header) + packed + (isLast ? GzipEncoder.trailer(sum: sum, size: size) : [])
    }
}
