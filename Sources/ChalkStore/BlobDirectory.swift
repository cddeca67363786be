internal import ChalkOCI
internal import ChalkSystem

/// A `blobs/sha256` directory, of a store or of somebody else's layout; nothing below it is followed.
final class BlobDirectory: Sendable {
    let directory: FileDescriptor
    /// The layout for people.
    let path: String

    init(_ directory: consuming FileDescriptor, path: String) {
        self.directory = directory
        self.path = path
    }

    /// Bytes of a blob; nil when it is not there.
    func size(of digest: Digest) throws -> Int64? {
        guard let status = try directory.statusIfPresent(of: digest.hex) else { return nil }
        guard status.kind == .file else {
            throw StoreError(
                .corrupt, "blob \(digest) in \(path) is a \(status.kind), not a file; remove it and try again"
            )
        }
        return status.size
    }

    /// A blob's bytes from the start, not checked.
    func open(_ digest: Digest) throws -> FileDescriptor {
        guard let file = try directory.openFile(digest.hex) else {
            throw StoreError(
                .notFound, "blob \(digest) is not in \(path); pull or build the image that needs it again")
        }
        return file
    }

    /// A whole blob of at most `limit` bytes, checked against its digest.
    func read(_ digest: Digest, limit: Int) throws -> [UInt8] {
        let file = try open(digest)
        let size = try file.status().size
        guard size <= limit else {
            throw StoreError(
                .tooLarge,
                "blob \(digest) in \(path) has \(size) bytes, more than the \(limit) that it may have; "
                    + "use an image whose documents are smaller")
        }
        let bytes = try file.readToEnd(limit: limit)
        guard Digest.of(bytes) == digest else { throw corrupt(digest) }
        return bytes
    }

    /// The sentence for a blob whose bytes are not those of its name.
    func corrupt(_ digest: Digest) -> StoreError {
        StoreError(
            .corrupt,
            "blob \(digest) in \(path) has other bytes than its name says; delete "
                + "\(path)/blobs/sha256/\(digest.hex) and pull or build again")
    }
}
