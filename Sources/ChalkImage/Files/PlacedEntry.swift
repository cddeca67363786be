internal import ChalkArchive
internal import ChalkContext
internal import ChalkOCI
internal import ChalkSystem

/// Something that a step puts at a path of the image.
struct PlacedEntry {
    /// What is there.
    enum Content {
        case directory
        case link([UInt8])
        case file(Digest, size: Int64, open: () throws -> any ByteSource)
    }

    /// Relative to the image's root.
    let path: [UInt8]
    let content: Content
    let mode: UInt32
    let uid: UInt32
    let gid: UInt32

    init(path: [UInt8], content: Content, mode: UInt32, uid: UInt32 = 0, gid: UInt32 = 0) {
        self.path = path
        self.content = content
        self.mode = mode
        self.uid = uid
        self.gid = gid
    }

    /// As the table behind the cache key lists it.
    var row: FileTable.Row {
        switch content {
        case .directory: FileTable.Row(path: path, mode: mode, content: .directory)
        case .link(let target): FileTable.Row(path: path, mode: mode, content: .link(target))
        case .file(let digest, let size, _):
            FileTable.Row(path: path, mode: mode, content: .file(digest, size: size))
        }
    }

    /// As the layer lists it.
    func layerEntry(mtime: Int64) throws(ArchiveError) -> LayerEntry {
        let kind: LayerEntry.Kind =
            switch content {
            case .directory: .directory
            case .link(let target): .link(target: target)
            case .file(_, let size, _): .file(size: size)
            }
        return try LayerEntry(path: path, kind: kind, mode: mode, uid: uid, gid: gid, mtime: mtime)
    }
}
