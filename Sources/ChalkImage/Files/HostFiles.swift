internal import ChalkContext
internal import ChalkOCI
internal import ChalkSystem

/// Reads one directory of the host for a step: digests from the cache where it has them, content when a layer is
/// written.
final class HostFiles {
    private var reader: ContextReader
    private var digester = FileDigester()
    private let cache: FileDigestCache

    /// Files below `root`.
    init(_ root: borrowing FileDescriptor, cache: FileDigestCache) throws {
        reader = try ContextReader.open(root)
        self.cache = cache
    }

    /// A file as a layer's content. The bytes that go into the layer are checked against the digest.
    func content(_ path: [UInt8], _ status: FileStatus) throws -> PlacedEntry.Content {
        if let digest = cache.digest(for: status) { return file(path, digest, size: status.size) }
        let result = try digester.digest(path, from: &reader)
        cache.record(result.digest, for: result.status, readAt: result.readAt)
        return file(path, result.digest, size: result.status.size)
    }

    private func file(_ path: [UInt8], _ digest: Digest, size: Int64) -> PlacedEntry.Content {
        .file(digest, size: size) { [self] in FileStream(try reader.open(path)) }
    }
}
