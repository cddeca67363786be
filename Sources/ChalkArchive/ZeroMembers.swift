/// The gzip members of zeros that came by, each compressed once: sparse files are made of them.
struct ZeroMembers {
    /// Shorter ones are not worth a look.
    private static let shortest = 64 << 10
    private static let most = 4
    private var members: [(count: Int, bytes: [UInt8])] = []

    /// The member of a part of a segment, where that is zeros whose like came by.
    func member(_ segment: [UInt8], _ range: Range<Int>) -> [UInt8]? {
        guard range.count >= Self.shortest, let known = members.first(where: { $0.count == range.count }),
            Self.isZeros(segment, range)
        else { return nil }
        return known.bytes
    }

    /// Keeps the member of a part of a segment if that is zeros.
    mutating func keep(_ member: [UInt8], of segment: [UInt8], _ range: Range<Int>) {
        guard range.count >= Self.shortest, Self.isZeros(segment, range) else { return }
        members.append((range.count, member))
        if members.count > Self.most { members.removeFirst() }
    }

    private static func isZeros(_ segment: [UInt8], _ range: Range<Int>) -> Bool {
        // What is no zeros shows it at once; of zeros eight bytes are compared at a time.
        if segment[range.lowerBound] != 0 || segment[range.upperBound - 1] != 0 { return false }
        return unsafe segment.withUnsafeBytes { bytes in
            let part = unsafe UnsafeRawBufferPointer(rebasing: bytes[range])
            let words = part.count / 8
            for index in 0..<words
            where unsafe part.loadUnaligned(fromByteOffset: 8 * index, as: UInt64.self) != 0 {
                return false
            }
            return unsafe part[(8 * words)...].allSatisfy { $0 == 0 }
        }
    }
}
