public import ChalkOCI
internal import ChalkStore
internal import ChalkSystem

/// A name in a volume.
public struct VolumeFileInfo: Hashable, Sendable {
    /// What it is.
    public enum Kind: Hashable, Sendable {
        /// A file with the digest of its content.
        case file(Digest)
        /// A directory with the digest of its tree.
        case directory(Digest)
        /// A symbolic link and what it says.
        case link(String)
    }

    /// From the top of the volume, without a slash at the front. Bytes that are not UTF-8 are U+FFFD.
    public let path: String
    /// What it is.
    public let kind: Kind
    /// Bytes of the file, or of all files below the directory.
    public let size: Int64
    /// Permission bits of a file; nil for what has none of its own here.
    public let mode: UInt32?

    init(_ item: Volumes.Item) {
        path = item.path.display
        switch item.node {
        case .file(let file): (kind, size, mode) = (.file(file.digest), file.size, file.mode)
        case .directory(let tree): (kind, size, mode) = (.directory(tree.digest), tree.bytes, nil)
        case .link(let target): (kind, size, mode) = (.link(target.display), 0, nil)
        }
    }
}

extension VolumeFileInfo {
    /// One object of `volume ls NAME --json`.
    package var json: JSON {
        switch kind {
        case .file(let digest):
            .object(present: [
                ("path", .string(path)), ("type", .string("file")), ("size", .integer(size)),
                ("mode", mode.map { .integer(Int64($0)) }), ("digest", .string(digest.description)),
            ])
        case .directory(let digest):
            .object(present: [
                ("path", .string(path)), ("type", .string("directory")), ("size", .integer(size)),
                ("digest", .string(digest.description)),
            ])
        case .link(let target):
            .object(present: [
                ("path", .string(path)), ("type", .string("link")), ("target", .string(target)),
            ])
        }
    }
}
