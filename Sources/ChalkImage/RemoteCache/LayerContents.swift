internal import ChalkArchive
internal import ChalkOCI
internal import ChalkSystem

/// A layer that says what another layer holds: a tar with one file, a ``LayerTable`` or a ``LayerIndex``. With it
/// "`src/app.py` changed" can be said on a machine that never saw the earlier layer, and a file be put above a layer whose
/// bytes are elsewhere.
enum LayerContents {
    private static let path = Array("layer-contents".utf8)
    /// Most bytes of such a layer, enough for some hundred thousand files.
    static let limit: Int64 = 8 << 20

    /// The layer for what a store has of a layer; nil for what is too large to be worth sending.
    static func encoded(_ contents: [UInt8]) throws -> (descriptor: Descriptor, bytes: [UInt8])? {
        guard Int64(contents.count) <= limit - 4_096 else { return nil }
        let sink = MemorySink()
        let tar = TarWriter(sink: sink)
        let entry = try LayerEntry(
            path: path, kind: .file(size: Int64(contents.count)), mode: 0o644,
            mtime: Timestamp.defaultEpoch.seconds)
        try tar.add(entry, content: MemorySource(contents))
        try tar.finish()
        return (
            Descriptor(mediaType: .layer, digest: .of(sink.bytes), size: Int64(sink.bytes.count)), sink.bytes
        )
    }

    /// The table in a layer; nil for other bytes.
    static func table(in layer: [UInt8]) -> LayerTable? {
        // Anybody may have made the bytes, and zlib makes much of few.
        contents(of: layer).flatMap { try? LayerTable(bytes: $0, mostText: 64 << 20) }
    }

    /// The index in a layer; nil for other bytes.
    static func index(in layer: [UInt8]) -> LayerIndex? {
        guard let bytes = contents(of: layer) else { return nil }
        return LayerTable.isTable(bytes) ? try? table(in: layer)?.index() : try? LayerIndex(bytes: bytes)
    }

    private static func contents(of layer: [UInt8]) -> [UInt8]? {
        guard let archive = try? ForeignArchive(MemorySource(layer)), let entry = try? archive.next(),
            entry.path == path
        else { return nil }
        return try? archive.content.readToEnd(limit: Int(limit))
    }
}
