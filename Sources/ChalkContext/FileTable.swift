package import ChalkOCI
package import ChalkSystem

/// What a tree of files contributes to an image: one row an entry, in the order of a walk.
///
/// Two trees with equal tables give equal layers. All paths share one piece of memory; a row is about 100
/// bytes and its path.
package struct FileTable: Hashable, Sendable {
    /// What a row says of its entry beyond path and mode.
    package enum Content: Hashable, Sendable {
        /// A regular file by the digest and size (bytes) of its content.
        case file(Digest, size: Int64)
        case directory
        /// A symbolic link by what it says.
        case link([UInt8])
        case fifo
        case socket
        /// A device node by its device number.
        case characterDevice(UInt64)
        case blockDevice(UInt64)

        /// For sentences: "a file".
        package var noun: String {
            switch self {
            case .file: "a file"
            case .directory: "a directory"
            case .link: "a link"
            case .fifo: "a FIFO"
            case .socket: "a socket"
            case .characterDevice, .blockDevice: "a device"
            }
        }
    }

    /// One entry.
    package struct Row: Hashable, Sendable {
        /// From the root of the tree.
        package let path: [UInt8]
        /// Permission bits as they land in the image.
        package let mode: UInt32
        /// The rest.
        package let content: Content

        /// A row from its parts.
        package init(path: [UInt8], mode: UInt32, content: Content) {
            self.path = path
            self.mode = mode
            self.content = content
        }
    }

    struct Packed: Hashable, Sendable {
        var start: Int
        var pathLength: UInt32
        /// Bytes of a link's target, which follow the path.
        var targetLength: UInt32 = 0
        var mode: UInt32
        var kind: FileStatus.Kind
        /// Size of a file, device number of a device node.
        var number: UInt64 = 0
        var digest: RawDigest?
    }

    private(set) var rows: [Packed] = []
    private var text: [UInt8] = []

    /// A table without rows.
    package init() {}

    /// A table of rows in any order.
    package init(_ rows: [Row]) {
        for row in rows.sorted(by: { FileTable.precedes($0.path, $1.path) }) { append(row) }
    }

    /// Number of rows.
    package var count: Int { rows.count }

    /// A row.
    package func row(_ index: Int) -> Row {
        let packed = rows[index]
        return Row(path: path(index), mode: packed.mode, content: content(index))
    }

    /// The path of a row.
    package func path(_ index: Int) -> [UInt8] {
        Array(pathBytes(index))
    }

    func pathBytes(_ index: Int) -> ArraySlice<UInt8> {
        let packed = rows[index]
        return text[packed.start..<(packed.start + Int(packed.pathLength))]
    }

    /// What a link says; nothing for other rows.
    func targetBytes(_ index: Int) -> ArraySlice<UInt8> {
        let start = rows[index].start + Int(rows[index].pathLength)
        return text[start..<(start + Int(rows[index].targetLength))]
    }

    /// Bytes of all files.
    package var totalSize: Int64 {
        rows.reduce(0) { $0 &+ ($1.kind == .file ? Int64(truncatingIfNeeded: $1.number) : 0) }
    }

    private func content(_ index: Int) -> Content {
        let packed = rows[index]
        switch packed.kind {
        case .file, .unknown:
            return .file(Digest(bytes: packed.digest?.bytes ?? []), size: Int64(bitPattern: packed.number))
        case .directory: return .directory
        case .link:
            return .link(Array(targetBytes(index)))
        case .fifo: return .fifo
        case .socket: return .socket
        case .characterDevice: return .characterDevice(packed.number)
        case .blockDevice: return .blockDevice(packed.number)
        }
    }

    /// Adds a row at the end.
    mutating func append(_ row: Row) {
        var packed = begin(row.path, mode: row.mode, kind: .file)
        switch row.content {
        case .file(let digest, let size):
            packed.digest = RawDigest(digest)
            packed.number = UInt64(bitPattern: size)
        case .directory: packed.kind = .directory
        case .link(let target):
            packed.kind = .link
            packed.targetLength = UInt32(clamping: target.count)
            text += target
        case .fifo: packed.kind = .fifo
        case .socket: packed.kind = .socket
        case .characterDevice(let number):
            packed.kind = .characterDevice
            packed.number = number
        case .blockDevice(let number):
            packed.kind = .blockDevice
            packed.number = number
        }
        rows.append(packed)
    }

    private mutating func begin(_ path: [UInt8], mode: UInt32, kind: FileStatus.Kind) -> Packed {
        defer { text += path }
        return Packed(start: text.count, pathLength: UInt32(clamping: path.count), mode: mode, kind: kind)
    }

    /// Adds an entry of a walk, which must come after those that are there; a file's digest may follow later.
    mutating func append(_ entry: ContextEntry, status: FileStatus, digest: RawDigest?) {
        var packed = begin(entry.path, mode: FileTable.imageMode(of: status), kind: entry.kind)
        switch entry.kind {
        case .file:
            packed.number = UInt64(bitPattern: status.size)
            packed.digest = digest
        case .link:
            let target = entry.linkTarget ?? []
            packed.targetLength = UInt32(clamping: target.count)
            text += target
        case .characterDevice, .blockDevice: packed.number = status.specialDevice
        default: break
        }
        rows.append(packed)
    }

    /// Fills in what a reading of a file found.
    mutating func fill(_ index: Int, status: FileStatus, digest: RawDigest) {
        rows[index].mode = FileTable.imageMode(of: status)
        rows[index].number = UInt64(bitPattern: status.size)
        rows[index].digest = digest
    }

    /// Permission bits as they land in an image: 0755 for directories and where the owner may execute, 0777
    /// for links, else 0644.
    package static func imageMode(of status: FileStatus) -> UInt32 {
        imageMode(of: status.kind, status.mode)
    }

    /// The same of a kind and permission bits.
    package static func imageMode(of kind: FileStatus.Kind, _ mode: UInt32) -> UInt32 {
        switch kind {
        case .directory: 0o755
        case .link: 0o777
        default: mode & 0o100 != 0 ? 0o755 : 0o644
        }
    }

    /// The order of rows: paths component by component, bytewise, parents first.
    package static func precedes(_ a: [UInt8], _ b: [UInt8]) -> Bool { PathOrder.precedes(a.span, b.span) }

    /// Tables are equal when their rows are; how the text is packed follows from that.
    package static func == (a: FileTable, b: FileTable) -> Bool { a.rows == b.rows && a.text == b.text }
}
