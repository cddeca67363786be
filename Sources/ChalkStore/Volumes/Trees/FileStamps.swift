internal import ChalkOCI
internal import ChalkSystem

/// What files of a tree looked like when they were read, by path; nothing is lost without it.
struct FileStamps {
    private var stamps: [[UInt8]: FileStamp] = [:]
    private static let magic = Array("chalk-stamps 1\n".utf8)

    /// What a file looked like; nil where nobody knows.
    subscript(_ path: [UInt8]) -> FileStamp? {
        get { stamps[path] }
        set { stamps[path] = newValue }
    }

    /// The bytes of a file that keeps them, with a checksum.
    func encoded() -> [UInt8] {
        var bytes: [UInt8] = []
        for (path, stamp) in stamps.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
            stamp.append(to: &bytes)
            bytes += path
            bytes.append(0)
        }
        return Self.magic + Array(Digest.of(bytes).hex.utf8) + bytes
    }

    init() {}

    /// Nil for bytes that are damaged.
    init?(parsing bytes: [UInt8]) {
        let head = Self.magic.count + 64
        guard bytes.count >= head, bytes.starts(with: Self.magic),
            bytes[Self.magic.count..<head].elementsEqual(Digest.of(Array(bytes[head...])).hex.utf8)
        else { return nil }
        var rest = bytes[head...]
        while !rest.isEmpty {
            guard let stamp = FileStamp(bytes: rest),
                let end = rest.dropFirst(FileStamp.byteCount).firstIndex(of: 0)
            else { return nil }
            stamps[Array(rest[(rest.startIndex + FileStamp.byteCount)..<end])] = stamp
            rest = rest[(end + 1)...]
        }
    }
}
