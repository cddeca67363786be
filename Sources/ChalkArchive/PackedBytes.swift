/// Writes numbers and bytes one after the other: numbers as LEB128, paths by what they do not share.
struct PackedWriter {
    var bytes: [UInt8]

    mutating func put(_ number: UInt64) {
        var rest = number
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    /// How many bytes two paths begin with alike.
    static func shared(_ path: ArraySlice<UInt8>, _ last: ArraySlice<UInt8>) -> Int {
        let (new, old) = (path.span, last.span)
        let limit = min(new.count, old.count)
        var count = 0
        while count < limit, new[count] == old[count] { count += 1 }
        return count
    }

    /// A path as the length shared with the one before, the length of the rest, and the rest.
    mutating func put(_ path: ArraySlice<UInt8>, after last: ArraySlice<UInt8>) {
        let shared = Self.shared(path, last)
        put(UInt64(shared))
        put(UInt64(path.count - shared))
        bytes.append(contentsOf: path.dropFirst(shared))
    }
}

/// Reads what ``PackedWriter`` wrote.
struct PackedReader {
    var rest: ArraySlice<UInt8>
    private static let damaged = ArchiveError(
        .invalidIndex, "what the store keeps of a layer is damaged: a field is out of range")

    mutating func number() throws(ArchiveError) -> UInt64 {
        var number: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 63, by: 7) {
            guard let byte = rest.popFirst() else { throw Self.damaged }
            number |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return number }
        }
        throw Self.damaged
    }

    mutating func word() throws(ArchiveError) -> UInt32 {
        guard let word = UInt32(exactly: try number()) else { throw Self.damaged }
        return word
    }

    mutating func length() throws(ArchiveError) -> Int64 {
        guard let length = Int64(exactly: try number()) else { throw Self.damaged }
        return length
    }

    /// A number of things that each take at least a byte of what is left.
    mutating func count() throws(ArchiveError) -> Int {
        guard let count = Int(exactly: try number()), count <= rest.count else { throw Self.damaged }
        return count
    }

    mutating func bytes(_ count: Int) throws(ArchiveError) -> ArraySlice<UInt8> {
        if count > rest.count { throw Self.damaged }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }

    /// Turns the path before into the next one.
    mutating func path(after last: inout [UInt8]) throws(ArchiveError) {
        guard let shared = Int(exactly: try number()), shared <= last.count else { throw Self.damaged }
        last.removeSubrange(shared...)
        last.append(contentsOf: try bytes(count()))
    }

    func finish() throws(ArchiveError) {
        if !rest.isEmpty { throw Self.damaged }
    }
}
