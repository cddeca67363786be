internal import ChalkOCI

/// gzip members, one for each content of a segment: what follows a content up to the next is in its member.
final class ChunkedGzipEncoder: SegmentEncoder {
    private let gzip: GzipEncoder

    init(level: Int) throws(ArchiveError) { gzip = try GzipEncoder(level: level) }

    func encode(_ segment: [UInt8]) throws -> [UInt8] { try gzip.encode(segment) }

    func encode(_ segment: [UInt8], chunks places: [Range<Int>]) throws -> EncodedSegment {
        var encoded = EncodedSegment()
        encoded.chunks.reserveCapacity(places.count)
        let first = places.first?.lowerBound ?? segment.count
        if first > 0 { encoded.bytes = try gzip.encode(segment, 0..<first) }
        for (number, place) in places.enumerated() {
            let next = number + 1 < places.count ? places[number + 1].lowerBound : segment.count
            var hasher = SHA256Hasher()
            hasher.update(segment[place])
            encoded.chunks.append(
                Chunk(place: place, offset: encoded.bytes.count, digest: hasher.finish()))
            encoded.bytes += try gzip.encode(segment, place.lowerBound..<next)
        }
        return encoded
    }
}
