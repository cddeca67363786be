internal import ChalkArchive
internal import ChalkContext
internal import ChalkOCI
internal import ChalkSystem

/// Where the contents of entries are.
enum ContentOrigin: Sendable {
    /// Files below a directory of the host: `prefix`, and of each entry's path in the image what comes after its
    /// first `dropped` bytes.
    case host(HostDirectory, prefix: [UInt8], dropped: Int)
    /// Bytes at hand.
    case bytes([UInt8])
    /// Bytes in a nameless file, from a place on.
    case spooled(SpoolFile, start: Int64)
    /// The tar of other entries.
    case archived(ArchivedTree)
}

/// An open directory of the host that entries come from.
final class HostDirectory: Sendable {
    let descriptor: FileDescriptor
    /// For people.
    let path: String

    init(_ path: String) throws {
        descriptor = try FileDescriptor.directory(path)
        self.path = path
    }
}

extension FileStamp {
    /// The stamp of content that is no file's: the words of its digest, so no two contents have the same.
    init(_ digest: Digest, size: Int64) {
        let words = stride(from: 0, to: 64, by: 16).map { start in
            UInt64(digest.hex.dropFirst(start).prefix(16), radix: 16) ?? 0
        }
        self.init(
            device: words[0], inode: words[1], size: size,
            modified: .init(seconds: Int64(bitPattern: words[2])),
            changed: .init(seconds: Int64(bitPattern: words[3])))
    }
}
