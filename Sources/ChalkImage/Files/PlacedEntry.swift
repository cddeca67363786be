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
        /// A FIFO or device, with its numbers as the list of entries has them.
        case node(EntryList.Kind, numbers: [UInt8])
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
    /// Those that belong to the file rather than to the machine it was on.
    let attributes: [LayerEntry.Attribute]

    init(content: Content, mode: UInt32, uid: UInt32 = 0, gid: UInt32 = 0) {
        self.content = content
        self.mode = mode
        self.uid = uid
        self.gid = gid
        attributes = []
    }

    /// An entry of an archive that is being read, with its content taken in.
    init(_ entry: LayerEntry, content source: any ByteSource, into spool: Spool) throws {
        switch entry.kind {
        case .directory: content = .directory
        case .link(let target): content = .link(target)
        case .file(let size):
            let (origin, digest) = try spool.append(source)
            content = .file(digest, size: size, origin)
        case .fifo: content = .node(.fifo, numbers: [])
        case .characterDevice(let major, let minor):
            content = .node(.characterDevice, numbers: Array("\(major):\(minor)".utf8))
        case .blockDevice(let major, let minor):
            content = .node(.blockDevice, numbers: Array("\(major):\(minor)".utf8))
        case .hardLink:
            throw ChalkError(.failed, "/\(entry.path.display) is a hard link whose target was not looked up")
        }
        mode = entry.mode
        uid = entry.uid
        gid = entry.gid
        attributes = entry.attributes.filter { LayerEntry.travels($0.name) }
    }
}
