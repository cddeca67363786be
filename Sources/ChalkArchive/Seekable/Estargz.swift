package import ChalkOCI

/// eStargz: a gzip layer of which a runtime can fetch and check each file on its own. The format is published by
/// containerd/stargz-snapshotter (docs/estargz.md); `docs/decisions/0007` says how it is made here.
enum Estargz {
    /// The entry with the table of contents, the last of a layer.
    static let tableName = Array("stargz.index.json".utf8)
    /// The entry that says that nothing is to be fetched ahead, the first of a layer.
    static let landmarkName = Array(".no.prefetch.landmark".utf8)
    private static let prefetchLandmarkName = Array(".prefetch.landmark".utf8)

    /// The time of entries that are the format's own: the same in every layer.
    static let mtime = Timestamp.defaultEpoch.seconds

    /// The entry of the landmark.
    static let landmark = own(landmarkName, size: 1)
    /// Its content.
    private static let landmarkContent: [UInt8] = [0x0F]
    /// Where that lies in ``landmarkBlocks``.
    static let landmarkPlace = TarHeader.blockSize..<TarHeader.blockSize + 1

    /// The landmark's bytes of tar.
    static func landmarkBlocks() throws(ArchiveError) -> [UInt8] {
        try TarHeader.bytes(for: landmark) + landmarkContent
            + [UInt8](repeating: 0, count: TarHeader.padding(after: landmark.contentSize))
    }

    /// The entry of a table of so many bytes.
    static func table(size: Int64) -> LayerEntry { own(tableName, size: size) }

    private static func own(_ name: [UInt8], size: Int64) -> LayerEntry {
        LayerEntry(unchecked: name, kind: .file(size: size), mode: 0o644, uid: 0, gid: 0, mtime: mtime)
    }

    /// Whether an entry is the landmark, by which a layer is known as eStargz from its start.
    static func isLandmark(_ entry: LayerEntry) -> Bool {
        entry.path == landmarkName && entry.kind == landmark.kind
    }

    /// Whether an entry of such a layer is there for the format alone.
    static func isOwn(_ entry: LayerEntry) -> Bool {
        if case .file = entry.kind { return entry.path == tableName || isLandmark(entry) }
        return false
    }

    /// Checks that a table of contents can name an entry.
    ///
    /// - Throws: ``ArchiveError/Code/unsupported`` for names that JSON cannot hold, `invalidEntry` for the
    ///   format's own.
    static func check(
        path: some Collection<UInt8>, texts: [(what: String, text: ArraySlice<UInt8>)]
    ) throws(ArchiveError) {
        if [tableName, landmarkName, prefetchLandmarkName].contains(where: { $0.elementsEqual(path) }) {
            throw ArchiveError(
                .invalidEntry,
                "\(LayerPath.display(Array(path))) cannot be in an eStargz layer: the format keeps that name for itself; rename it or build without --estargz"
            )
        }
        let name = (what: "name", text: Array(path)[...])
        for (what, text) in [name] + texts where !isUTF8(text) {
            throw ArchiveError(
                .unsupported,
                "\(LayerPath.display(Array(path))) cannot be in an eStargz layer: its \(what) is not UTF-8, which the table of contents is; rename it or build without --estargz"
            )
        }
    }

    /// The same for all that an entry says.
    static func check(_ entry: LayerEntry) throws(ArchiveError) {
        var texts: [(what: String, text: ArraySlice<UInt8>)] = []
        switch entry.kind {
        case .link(let target), .hardLink(let target): texts.append(("link target", target[...]))
        default: break
        }
        for attribute in entry.attributes { texts.append(("attribute's name", attribute.name[...])) }
        try check(path: entry.path, texts: texts)
    }

    private static func isUTF8(_ bytes: ArraySlice<UInt8>) -> Bool {
        bytes.allSatisfy { $0 < 0x80 } || String(validating: bytes, as: UTF8.self) != nil
    }

    /// The end of a blob: an empty gzip member (RFC 1952) whose extra field says where the table's member starts.
    static func footer(tableOffset: Int64) -> [UInt8] {
        let digits = String(tableOffset, radix: 16)
        let field = Array((String(repeating: "0", count: max(0, 16 - digits.count)) + digits + "STARGZ").utf8)
        let subfield = Array("SG".utf8) + [UInt8(field.count), 0] + field
        return [0x1F, 0x8B, 8, 4, 0, 0, 0, 0, 0, 255, UInt8(subfield.count), 0] + subfield
            // A last, stored, empty block (RFC 1951); then sum and size of nothing.
            + [1, 0, 0, 0xFF, 0xFF] + [UInt8](repeating: 0, count: 8)
    }
}

/// What the descriptor of an eStargz layer says of it.
package struct EstargzNote: Hashable, Sendable {
    /// Digest of the table of contents.
    package let tableDigest: Digest
    /// Bytes of the uncompressed layer.
    package let uncompressedSize: Int64

    /// The annotations by which runtimes trust the table, and know the size of what they did not unpack.
    package var annotations: [String: String] {
        [
            "containerd.io/snapshot/stargz/toc.digest": tableDigest.description,
            "io.containers.estargz.uncompressed-size": String(uncompressedSize),
        ]
    }
}
