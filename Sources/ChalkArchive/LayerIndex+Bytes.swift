internal import ChalkOCI

/// The index as bytes: a magic line with the version, five lists (count, then each path as the length shared
/// with the one before, the length of the rest, the rest, and the list's own fields; numbers as LEB128), and
/// the SHA-256 digest of all that as 64 digits.
extension LayerIndex {
    private static let magic = Array("chalk-image layer index 1\n".utf8)
    private static let digestLength = 64

    /// The index as bytes, the same for equal indexes.
    package var bytes: [UInt8] {
        var writer = PackedWriter(bytes: Self.magic)
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
        var reader = PackedReader(rest: body.dropFirst(Self.magic.count))
        self.init()
        directories = try reader.list { reader, path throws(ArchiveError) in
            Directory(path: path, mode: try reader.word(), uid: try reader.word(), gid: try reader.word())
        }
        links = try reader.list { reader, path throws(ArchiveError) in
            Link(path: path, target: Array(try reader.bytes(reader.count())))
        }
        files = try reader.list { _, path throws(ArchiveError) in path }
        whiteouts = try reader.list { _, path throws(ArchiveError) in path }
        opaques = try reader.list { _, path throws(ArchiveError) in path }
        try reader.finish()
    }
}

extension PackedWriter {
    fileprivate mutating func put<Item>(
        _ items: [Item], _ path: (Item) -> [UInt8], _ fields: (inout PackedWriter, Item) -> Void
    ) {
        put(UInt64(items.count))
        var last: [UInt8] = []
        for item in items {
            put(path(item)[...], after: last[...])
            fields(&self, item)
            last = path(item)
        }
    }
}

extension PackedReader {
    fileprivate mutating func list<Item>(
        _ item: (inout PackedReader, [UInt8]) throws(ArchiveError) -> Item
    ) throws(ArchiveError) -> [Item] {
        var items: [Item] = []
        var last: [UInt8] = []
        for _ in 0..<(try count()) {
            try path(after: &last)
            items.append(try item(&self, last))
        }
        return items
    }
}
