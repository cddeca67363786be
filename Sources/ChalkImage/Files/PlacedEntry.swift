internal import ChalkArchive
internal import ChalkContext
internal import ChalkOCI
internal import ChalkSystem

/// Something of a layer or archive that a step puts at a path of the image.
struct PlacedEntry {
    /// What is there.
    enum Content {
        case directory
        case link([UInt8])
        case file(Digest, size: Int64, ContentOrigin)
    }

    let content: Content
    /// Whether it is a directory.
    var isDirectory: Bool {
        if case .directory = content { return true }
        return false
    }

    let mode: UInt32
    let uid: UInt32
    let gid: UInt32

    init(content: Content, mode: UInt32, uid: UInt32 = 0, gid: UInt32 = 0) {
        self.content = content
        self.mode = mode
        self.uid = uid
        self.gid = gid
    }

    /// An entry of an archive that is being read, with its content taken in.
    init(_ entry: LayerEntry, content source: any ByteSource, into spool: Spool) throws {
        switch entry.kind {
        case .directory: content = .directory
        case .link(let target): content = .link(target)
        case .file(let size):
            let (origin, digest) = try spool.append(source)
            content = .file(digest, size: size, origin)
        case .hardLink, .fifo, .characterDevice, .blockDevice:
            throw ChalkError(
                .failed, "cannot copy /\(entry.path.display): it is a FIFO or device; leave it out")
        }
        mode = entry.mode
        uid = entry.uid
        gid = entry.gid
    }
}
