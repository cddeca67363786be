internal import ChalkOCI
internal import ChalkSystem

/// Many small blobs on their way into the store, which go to the disk together.
final class BlobBatch {
    private struct Pending {
        let digest: Digest
        let file: IngestFile
    }

    private static let most = 128
    private static let mostBytes = 64 << 20
    /// From so many files on, one wait for the whole file system is less than one for each.
    private static let fewest = 8
    private let directory: StoreDirectory
    private var pending: [Pending] = []
    private var digests: Set<Digest> = []
    private var bytes = 0

    init(_ directory: StoreDirectory) { self.directory = directory }

    /// Adds a blob; nothing is written for one that is here.
    func put(_ content: some Collection<UInt8>, type: MediaType) throws -> Descriptor {
        let content = Array(content)
        let digest = Digest.of(content)
        let descriptor = Descriptor(mediaType: type, digest: digest, size: Int64(content.count))
        if try digests.contains(digest) || directory.blobs.size(of: digest) == descriptor.size {
            directory.noteUnsettled(blobs: true)
            return descriptor
        }
        let ingest = try directory.makeIngest()
        try ingest.file.write(content)
        pending.append(Pending(digest: digest, file: ingest))
        digests.insert(digest)
        bytes += content.count
        if pending.count >= Self.most || bytes >= Self.mostBytes { try flush() }
        return descriptor
    }

    /// Gives every blob its name, its content being on the disk.
    func flush() throws {
        guard let first = pending.first else { return }
        if pending.count >= Self.fewest {
            try first.file.file.syncFileSystem()
        } else {
            for blob in pending { try blob.file.file.sync() }
        }
        for blob in pending { try blob.file.move(to: blob.digest.hex, in: directory.blobs.directory) }
        directory.noteUnsettled(blobs: true)
        pending = []
        digests = []
        bytes = 0
    }
}
