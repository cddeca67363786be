package import ChalkOCI
internal import ChalkSystem

/// What is known of one upload that may be gone on with later: some bytes in a file that its owner has locked, so that
/// two processes never go on with the same upload. Nothing is lost without it.
package final class UploadRecord {
    private static let limit = 65_536

    private let folder: FileDescriptor
    private let file: FileDescriptor
    private let name: String

    private init(folder: consuming FileDescriptor, file: consuming FileDescriptor, name: String) {
        self.folder = folder
        self.file = file
        self.name = name
    }

    deinit {
        if bytes == nil { remove() }
    }

    static func claim(_ place: Digest, in directory: StoreDirectory) throws(SystemError) -> UploadRecord? {
        let folder = try directory.folder(.uploads)
        while true {
            let file = try folder.open(place.hex, [.readWrite, .create, .noFollow], mode: 0o600)
            guard try file.tryLock(.exclusive) else { return nil }
            // Before it was locked, its owner may have removed it.
            let inode = try file.status().inode
            guard try folder.statusIfPresent(of: place.hex)?.inode == inode else { continue }
            return UploadRecord(folder: folder, file: file, name: place.hex)
        }
    }

    /// What was written last; nil for nothing. A process that was killed while it wrote may have left a mixture.
    package var bytes: [UInt8]? {
        guard (try? file.seek(to: 0)) != nil, let bytes = try? file.readToEnd(limit: Self.limit) else {
            return nil
        }
        return bytes.isEmpty ? nil : bytes
    }

    /// Keeps bytes, at most 64 KiB, instead of earlier ones; best effort.
    package func write(_ bytes: [UInt8]) {
        guard bytes.count <= Self.limit, (try? file.seek(to: 0)) != nil else { return }
        try? file.write(bytes)
        try? file.truncate(to: Int64(bytes.count))
    }

    /// Forgets everything; best effort.
    package func remove() {
        try? file.truncate(to: 0)
        // Others look whether the name still means the file that they have locked.
        try? folder.removeFile(name)
    }
}

extension ContentStore {
    /// The record of an upload; nil while somebody else has it.
    ///
    /// - Parameter place: a digest of what goes where.
    package func uploadRecord(_ place: Digest) throws -> UploadRecord? {
        try StoreError.explain("open a record of uploads in the store \(path)") {
            try UploadRecord.claim(place, in: directory)
        }
    }
}
