package import ChalkSystem

/// Writes entries as a plain tar stream, in the order they come; see ``TarHeader`` for the dialect.
package final class TarWriter {
    private let sink: any ByteSink
    private var content = EntryContent()
    /// Bytes written so far.
    package private(set) var size: Int64 = 0

    /// A writer at the start of a stream.
    package init(sink: any ByteSink) {
        self.sink = sink
    }

    /// Writes an entry and, for a file, its content.
    ///
    /// - Throws: ``ArchiveError`` with `contentSize` when there is more or less content than the entry says.
    package func add(_ entry: LayerEntry, content source: (any ByteSource)? = nil) throws {
        try put(TarHeader.bytes(for: entry)[...])
        _ = try content.copy(source, of: entry, digesting: false) { try put($0) }
        let padding = TarHeader.padding(after: entry.contentSize)
        if padding > 0 { try put([UInt8](repeating: 0, count: padding)[...]) }
    }

    /// Writes the two blocks of zeros that end the stream.
    package func finish() throws {
        try put([UInt8](repeating: 0, count: 2 * TarHeader.blockSize)[...])
    }

    private func put(_ bytes: ArraySlice<UInt8>) throws {
        try sink.write(bytes)
        size += Int64(bytes.count)
    }
}
