internal import ChalkOCI

/// Something of an earlier stage that a step puts at a path of the image.
struct PlacedEntry {
    /// What is there.
    enum Content {
        case directory
        case link([UInt8])
        case file(Digest, size: Int64, ContentOrigin)
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
}
