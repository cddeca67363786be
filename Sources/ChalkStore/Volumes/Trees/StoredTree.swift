package import ChalkOCI

/// A tree of files in the store, by the digest of its document (``TreeDocument``). Equal trees have equal digests,
/// whoever made them and when.
package struct StoredTree: Hashable, Sendable {
    /// The digest of the document of its topmost directory.
    package let digest: Digest
    /// Bytes of that document.
    package let size: Int64
    /// Files and links at any depth.
    package let files: Int64
    /// Bytes of all files at any depth.
    package let bytes: Int64

    /// What the document is.
    var descriptor: Descriptor { Descriptor(mediaType: .volumeTree, digest: digest, size: size) }
}

/// A file of a tree.
package struct StoredFile: Hashable, Sendable {
    /// Permission bits, 0 to 0o7777.
    package var mode: UInt32
    /// Owner.
    package var uid: UInt32
    /// Group.
    package var gid: UInt32
    /// The digest of the whole content.
    package let digest: Digest
    /// Bytes of the content.
    package let size: Int64
    /// The list of its pieces; nil where the content is one blob.
    let pieces: Descriptor?
}

/// What a name in a tree is.
package enum StoredNode: Hashable, Sendable {
    /// A regular file.
    case file(StoredFile)
    /// A directory with all below it.
    case directory(StoredTree)
    /// A symbolic link and what it says.
    case link([UInt8])

    /// Files and links.
    var files: Int64 {
        if case .directory(let tree) = self { return tree.files }
        return 1
    }

    /// Bytes of files.
    var bytes: Int64 {
        switch self {
        case .file(let file): file.size
        case .directory(let tree): tree.bytes
        case .link: 0
        }
    }
}

extension MediaType {
    /// One version of a volume: ``StoredVersion``.
    static let volumeVersion = MediaType("application/vnd.chalk-image.volume.v1+json")
    /// One directory of a volume: ``TreeDocument``.
    static let volumeTree = MediaType("application/vnd.chalk-image.tree.v1+json")
    /// The parts of a large file: ``FilePieces``.
    static let volumePieces = MediaType("application/vnd.chalk-image.pieces.v1+json")
    /// Content of files.
    static let volumeContent = MediaType("application/octet-stream")
}
