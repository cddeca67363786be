package import ChalkOCI
internal import ChalkSystem

/// A blob on its way into the store that outlives its process: who comes after goes on where it ended.
///
/// One owner at a time, of all processes: the file is locked while the value lives. Nothing is believed of what an
/// earlier process left; the digest is that of the whole file, computed anew.
package final class PartialBlob: ByteSink {
    /// The blob that it is going to be.
    package let digest: Digest
    /// Bytes that it is going to have.
    package let size: Int64
    /// Bytes so far.
    package private(set) var count: Int64 = 0
    /// Whether an earlier process left some of them.
    package let isResumed: Bool

    private let directory: StoreDirectory
    private let folder: FileDescriptor
    private let file: FileDescriptor
    private var hasher = SHA256Hasher()
    private var isThere = true

    /// What all bytes so far have as digest.
    package var found: Digest { hasher.finish() }

    private init(
        _ blob: Descriptor, _ directory: StoreDirectory, folder: consuming FileDescriptor,
        file: consuming FileDescriptor, size: Int64
    ) throws(SystemError) {
        (digest, self.size) = (blob.digest, blob.size)
        self.directory = directory
        self.folder = folder
        self.file = file
        isResumed = size > 0 && size <= blob.size
        if size > blob.size { try self.file.truncate(to: 0) }
        guard isResumed else { return }
        var buffer = [UInt8](repeating: 0, count: 262_144)
        while count < size, case let got = try self.file.read(into: &buffer), got > 0 {
            hasher.update(buffer[..<got])
            count += Int64(got)
        }
    }

    deinit {
        if isThere, count == 0 { try? folder.removeFile(digest.hex) }
    }

    /// Takes the blob's file; nil while somebody else has it.
    static func claim(_ blob: Descriptor, in directory: StoreDirectory) throws -> PartialBlob? {
        let folder = try directory.folder(.partials)
        while true {
            let file = try folder.open(blob.digest.hex, [.readWrite, .create, .noFollow], mode: 0o644)
            guard try file.tryLock(.exclusive) else { return nil }
            // Before it was locked, its owner may have given it its place or removed it.
            let status = try file.status()
            guard let named = try folder.statusIfPresent(of: blob.digest.hex), named.inode == status.inode
            else { continue }
            return try PartialBlob(blob, directory, folder: folder, file: file, size: status.size)
        }
    }

    /// Adds bytes.
    ///
    /// - Throws: ``StoreError``; with `.full` what came so far is given up, since somebody needs the room.
    package func write(_ bytes: ArraySlice<UInt8>) throws {
        do {
            try StoreError.explain("write blob \(digest) to the store \(directory.path)") {
                try file.write(bytes)
            }
        } catch let error as StoreError where error.code == .full {
            discard()
            throw error
        }
        hasher.update(bytes)
        count += Int64(bytes.count)
    }

    /// Makes the bytes a blob (``Ingest/Durability/deferred``).
    ///
    /// - Throws: ``StoreError`` `.mismatch` when they are others; they are gone then.
    package func commit() throws {
        guard count == size, found == digest else {
            discard()
            let what = count == size ? "has the bytes of \(found)" : "has \(count) bytes instead of \(size)"
            throw StoreError(.mismatch, "blob \(digest) \(what); fetch it again")
        }
        try StoreError.explain("put blob \(digest) into the store \(directory.path)") {
            try file.sync()
            try folder.rename(digest.hex, to: digest.hex, in: directory.blobs.directory)
            isThere = false
            directory.noteUnsettled(blobs: true)
        }
    }

    /// Gives the bytes up.
    package func discard() {
        if isThere { try? folder.removeFile(digest.hex) }
        isThere = false
    }
}

extension ContentStore {
    /// Begins a blob that somebody is going to fetch, or goes on with one that was begun.
    ///
    /// - Returns: nil while somebody else is at it.
    package func partial(of blob: Descriptor) throws -> PartialBlob? {
        try StoreError.explain("start blob \(blob.digest) in the store \(path)") {
            try PartialBlob.claim(blob, in: directory)
        }
    }
}
