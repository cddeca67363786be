/// The blocks before an entry's content: POSIX.1-1988 ustar, with a pax header (POSIX.1-2001) for what does
/// not fit. Part of layer format version 1: golden tests hold every byte.
///
/// Names of any bytes stand in the ustar fields while they fit. Longer ones go to pax records when they are
/// ASCII, else to GNU `L`/`K` entries: pax text is UTF-8, so a reader in another locale warns about it, and GNU
/// tar warns about `hdrcharset`; the GNU entries are read silently by all.
enum TarHeader {
    static let blockSize = 512
    /// Bytes of zeros that end a tar.
    static let endSize = 2 * blockSize
    /// The largest number that eleven octal digits hold.
    static let largestSize: Int64 = 0o777_7777_7777
    static let largestShort: UInt64 = 0o777_7777
    private static let paxName = Array("PaxHeaders/entry".utf8)
    private static let longName = Array("././@LongLink".utf8)

    /// All blocks up to the content.
    static func bytes(for entry: LayerEntry) throws(ArchiveError) -> [UInt8] {
        var fields = Fields(entry)
        var extra: [UInt8] = []
        var records: [UInt8] = []

        let path = name(of: entry)
        if let split = split(path) {
            fields.name = split.name
            fields.prefix = split.prefix
        } else {
            fields.name = path.prefix(100)
            if path.allSatisfy({ $0 < 0x80 }) {
                records += record("path", [], path)
            } else {
                extra += gnuLong("L", path)
            }
        }
        if fields.linkName.count > 100 {
            if fields.linkName.allSatisfy({ $0 < 0x80 }) {
                records += record("linkpath", [], Array(fields.linkName))
            } else {
                extra += gnuLong("K", Array(fields.linkName))
            }
            fields.linkName = fields.linkName.prefix(100)
        }
        if fields.size > largestSize {
            records += record("size", [], decimal(fields.size))
            fields.size = 0
        }
        if UInt64(entry.uid) > largestShort { records += record("uid", [], decimal(Int64(entry.uid))) }
        if UInt64(entry.gid) > largestShort { records += record("gid", [], decimal(Int64(entry.gid))) }
        if !(0...largestSize).contains(entry.mtime) { records += record("mtime", [], decimal(entry.mtime)) }
        for attribute in entry.attributes {
            records += record("SCHILY.xattr.", attribute.name, attribute.value)
        }
        if UInt64(fields.major) > largestShort || UInt64(fields.minor) > largestShort {
            throw ArchiveError(
                .unsupported,
                "\(LayerPath.display(entry.path)) cannot be stored in a layer: its device number is too large for tar"
            )
        }
        if !records.isEmpty {
            var pax = Fields(type: "x", size: Int64(records.count))
            pax.name = paxName[...]
            extra = pax.block() + padded(records) + extra
        }
        return extra + fields.block()
    }

    /// Zero bytes that follow content of `size` bytes.
    static func padding(after size: Int64) -> Int {
        Int((Int64(blockSize) - size % Int64(blockSize)) % Int64(blockSize))
    }

    /// The name as the tar has it: of a directory with a slash behind.
    static func name(of entry: LayerEntry) -> [UInt8] {
        if entry.kind != .directory { return entry.path }
        return (entry.path.isEmpty ? [LayerPath.dot] : entry.path) + [LayerPath.slash]
    }

    /// The path in the name field, or cut at a slash into prefix and name; nil when it fits neither way.
    private static func split(_ path: [UInt8]) -> (prefix: ArraySlice<UInt8>, name: ArraySlice<UInt8>)? {
        if path.count <= 100 { return ([], path[...]) }
        guard path.count <= 256,
            let slash = path.prefix(156).dropLast(path.last == LayerPath.slash && path.count <= 156 ? 1 : 0)
                .lastIndex(of: LayerPath.slash), slash > 0
        else { return nil }
        let name = path[(slash + 1)...]
        return name.isEmpty || name.count > 100 ? nil : (path[..<slash], name)
    }

    private static func gnuLong(_ type: Unicode.Scalar, _ text: [UInt8]) -> [UInt8] {
        var fields = Fields(type: type, size: Int64(text.count + 1))
        fields.name = longName[...]
        return fields.block() + padded(text + [0])
    }

    private static func padded(_ bytes: [UInt8]) -> [UInt8] {
        bytes + [UInt8](repeating: 0, count: padding(after: Int64(bytes.count)))
    }

    private static func decimal(_ number: Int64) -> [UInt8] { Array(String(number).utf8) }

    /// `LENGTH KEY=VALUE\n`, where the length counts itself.
    private static func record(_ key: String, _ name: [UInt8], _ value: [UInt8]) -> [UInt8] {
        let rest = [UInt8(ascii: " ")] + Array(key.utf8) + name + [UInt8(ascii: "=")] + value + [0x0A]
        var length = rest.count + decimal(Int64(rest.count)).count
        if decimal(Int64(length)).count + rest.count > length { length += 1 }
        return decimal(Int64(length)) + rest
    }

    /// The fields of one ustar block.
    private struct Fields {
        var name: ArraySlice<UInt8> = []
        var prefix: ArraySlice<UInt8> = []
        var linkName: ArraySlice<UInt8> = []
        var mode: UInt32 = 0o644
        var uid: UInt32 = 0
        var gid: UInt32 = 0
        var size: Int64 = 0
        var mtime: Int64 = 0
        var type: Unicode.Scalar
        var major: UInt32 = 0
        var minor: UInt32 = 0

        init(type: Unicode.Scalar, size: Int64) {
            self.type = type
            self.size = size
        }

        init(_ entry: LayerEntry) {
            mode = entry.mode
            uid = UInt64(entry.uid) > largestShort ? 0 : entry.uid
            gid = UInt64(entry.gid) > largestShort ? 0 : entry.gid
            mtime = (0...largestSize).contains(entry.mtime) ? entry.mtime : 0
            switch entry.kind {
            case .file(let bytes):
                type = "0"
                size = bytes
            case .hardLink(let target):
                type = "1"
                linkName = target[...]
            case .link(let target):
                type = "2"
                linkName = target[...]
            case .characterDevice(let major, let minor):
                type = "3"
                (self.major, self.minor) = (major, minor)
            case .blockDevice(let major, let minor):
                type = "4"
                (self.major, self.minor) = (major, minor)
            case .directory: type = "5"
            case .fifo: type = "6"
            }
        }

        func block() -> [UInt8] {
            var block = [UInt8](repeating: 0, count: blockSize)
            func put(_ bytes: some Collection<UInt8>, at offset: Int) {
                block.replaceSubrange(offset..<offset + bytes.count, with: bytes)
            }
            func put(octal number: Int64, digits: Int, at offset: Int) {
                var rest = number
                for index in (offset..<offset + digits).reversed() {
                    block[index] = 0x30 + UInt8(rest & 7)
                    rest >>= 3
                }
            }
            put(name, at: 0)
            put(octal: Int64(mode), digits: 7, at: 100)
            put(octal: Int64(uid), digits: 7, at: 108)
            put(octal: Int64(gid), digits: 7, at: 116)
            put(octal: size, digits: 11, at: 124)
            put(octal: mtime, digits: 11, at: 136)
            put(Array("        ".utf8), at: 148)
            block[156] = UInt8(truncatingIfNeeded: type.value)
            put(linkName, at: 157)
            put(Array("ustar\u{0}00".utf8), at: 257)
            put(octal: Int64(major), digits: 7, at: 329)
            put(octal: Int64(minor), digits: 7, at: 337)
            put(prefix, at: 345)
            let sum = block.reduce(0) { $0 + Int64($1) }
            put(octal: sum, digits: 6, at: 148)
            block[154] = 0
            return block
        }
    }
}
