internal import ChalkOCI

/// The index as bytes: a magic line with the version, five lists (count, then each path as the length shared
/// with the one before, the length of the rest, the rest, and the list's own fields; numbers as LEB128), and
/// the SHA-256 digest of all that as 64 digits.
extension LayerIndex {
    private static let magic = Array("chalk-image layer index 1\n".utf8)
    private static let digestLength = 64

    /// The index as bytes, the same for equal indexes.
    package var bytes: [UInt8] {
        var writer = Writer(bytes: Self.magic)
        writer.put(directories, \.path) { writer, directory in
            for field in [directory.mode, directory.uid, directory.gid] { writer.put(UInt64(field)) }
        }
        writer.put(links, \.path) { writer, link in
            writer.put(UInt64(link.target.count))
            writer.bytes += link.target
        }
        for list in [files, whiteouts, opaques] { writer.put(list, \.self) { _, _ in } }
        return writer.bytes + Array(Digest.of(writer.bytes).hex.utf8)
    }

    /// An index from its bytes.
    ///
    /// - Throws: ``ArchiveError/Code/invalidIndex`` for other, damaged or newer bytes.
    package init(bytes: [UInt8]) throws(ArchiveError) {
        guard bytes.starts(with: Self.magic), bytes.count >= Self.magic.count + Self.digestLength else {
            throw ArchiveError(.invalidIndex, "the bytes are no layer index of version 1")
        }
        let body = Array(bytes.dropLast(Self.digestLength))
        if Array(Digest.of(body).hex.utf8) != bytes.suffix(Self.digestLength) {
            throw ArchiveError(.invalidIndex, "the layer index is damaged: its digest is another")
        }
        var reader = Reader(rest: body.dropFirst(Self.magic.count))
        self.init()
        directories = try reader.list { reader, path throws(ArchiveError) in
            Directory(path: path, mode: try reader.word(), uid: try reader.word(), gid: try reader.word())
        }
        links = try reader.list { reader, path throws(ArchiveError) in
            Link(path: path, target: try reader.bytes(reader.count()))
        }
        files = try reader.list { _, path throws(ArchiveError) in path }
        whiteouts = try reader.list { _, path throws(ArchiveError) in path }
        opaques = try reader.list { _, path throws(ArchiveError) in path }
        if !reader.rest.isEmpty { throw Reader.damaged }
    }

    private struct Writer {
        var bytes: [UInt8]

        mutating func put(_ number: UInt64) {
            var rest = number
            while rest >= 0x80 {
                bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
                rest >>= 7
            }
            bytes.append(UInt8(rest))
        }

        mutating func put<Item>(
            _ items: [Item], _ path: (Item) -> [UInt8], _ fields: (inout Writer, Item) -> Void
        ) {
            put(UInt64(items.count))
            var last: [UInt8] = []
            for item in items {
                let path = path(item)
                var shared = 0
                while shared < min(path.count, last.count), path[shared] == last[shared] { shared += 1 }
                put(UInt64(shared))
                put(UInt64(path.count - shared))
                bytes += path[shared...]
                fields(&self, item)
                last = path
            }
        }
    }

    private struct Reader {
        static let damaged = ArchiveError(
            .invalidIndex, "the layer index is damaged: a field is out of range")
        var rest: ArraySlice<UInt8>

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

        /// A number of things that each take at least a byte of what is left.
        mutating func count() throws(ArchiveError) -> Int {
            guard let count = Int(exactly: try number()), count <= rest.count else { throw Self.damaged }
            return count
        }

        mutating func bytes(_ count: Int) throws(ArchiveError) -> [UInt8] {
            if count > rest.count { throw Self.damaged }
            defer { rest = rest.dropFirst(count) }
            return Array(rest.prefix(count))
        }

        mutating func list<Item>(
            _ item: (inout Reader, [UInt8]) throws(ArchiveError) -> Item
        ) throws(ArchiveError) -> [Item] {
            var items: [Item] = []
            var last: [UInt8] = []
            for _ in 0..<(try count()) {
                guard let shared = Int(exactly: try number()), shared <= last.count else {
                    throw Self.damaged
                }
                last = Array(last.prefix(shared)) + (try bytes(count()))
                items.append(try item(&self, last))
            }
            return items
        }
    }
}
