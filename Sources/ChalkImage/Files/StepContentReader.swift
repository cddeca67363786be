internal import ChalkArchive
internal import ChalkContext
internal import ChalkSystem

/// Reads the contents of a step's entries, and notices when a file changes meanwhile; one for each thread.
final class StepContentReader: ContentReader {
    /// How often a file is read that keeps changing.
    private static let attempts = 4

    private final class OpenHost {
        var reader: ContextReader
        init(_ directory: HostDirectory) throws { reader = try ContextReader.open(directory.descriptor) }
    }

    private let entries: StepEntries
    private var hosts: [ObjectIdentifier: OpenHost] = [:]
    private var archived: [ObjectIdentifier: StepContentReader] = [:]

    init(_ entries: StepEntries) { self.entries = entries }

    func read(
        _ entry: Int, at offset: Int64, count: Int, into buffer: inout [UInt8], at position: Int
    ) throws -> Bool {
        let fields = entries.list.fields(entry)
        switch entries.origins[Int(fields.origin)] {
        case .bytes(let bytes):
            let part = bytes[Int(offset)..<Int(offset) + count]
            buffer.replaceSubrange(position..<position + count, with: part)
            return true
        case .spooled(let spool, let start):
            try spool.read(into: &buffer, offset: position, count: count, at: start + offset)
            return true
        case .archived(let tree):
            let reader = archived[ObjectIdentifier(tree)] ?? StepContentReader(tree.entries)
            archived[ObjectIdentifier(tree)] = reader
            return try tree.tar.read(at: offset, count: count, into: &buffer, at: position, from: reader)
        case .host(let directory, let prefix, let dropped):
            let host = try hosts[ObjectIdentifier(directory)] ?? OpenHost(directory)
            hosts[ObjectIdentifier(directory)] = host
            let path = LayerPaths.join(prefix, Array(entries.list.path(entry).dropFirst(dropped)))
            return try read(path, entry, fields.stamp, host, offset, count, &buffer, position)
        }
    }

    private func read(
        _ path: [UInt8], _ entry: Int, _ stamp: FileStamp, _ host: OpenHost, _ offset: Int64, _ count: Int,
        _ buffer: inout [UInt8], _ position: Int
    ) throws -> Bool {
        var before = stamp
        for _ in 0..<StepContentReader.attempts {
            let readAt = try FileStatus.Time.fileClock()
            let (got, status) = try host.reader.read(
                path, at: offset, count: count, into: &buffer, at: position)
            let after = status.stamp
            // The header with the size, or another piece of the file, may be made already.
            if after.size != stamp.size || (after != stamp && Int64(count) < stamp.size) { break }
            if got == count, after == before { return after == stamp && !after.isRacy(readAt: readAt) }
            before = after
        }
        throw ChalkError(
            .failed,
            "/\(Array(entries.list.path(entry)).display) changed while it was read for the image; build again when nothing writes to it"
        )
    }
}
