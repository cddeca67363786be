internal import ChalkOCI

/// One object of a table of contents, as JSON text.
struct TableRow {
    private(set) var text = [UInt8(ascii: "{")]

    /// An entry; of a file with its first chunk.
    init(_ entry: LayerEntry, chunks: [BlobChunk], digest: Digest?) {
        put("name", TarHeader.name(of: entry))
        put("type", Array(Self.type(of: entry).utf8))
        if entry.contentSize > 0 { put("size", entry.contentSize) }
        // RFC 3339 has years of four digits.
        if entry.mtime != 0, (-62_167_219_200...253_402_300_799).contains(entry.mtime) {
            put("modtime", Array(Timestamp(entry.mtime).description.utf8))
        }
        switch entry.kind {
        case .link(let target), .hardLink(let target): put("linkName", target)
        case .characterDevice(let major, let minor), .blockDevice(let major, let minor):
            put("devMajor", Int64(major))
            put("devMinor", Int64(minor))
        case .directory, .file, .fifo: break
        }
        put("mode", Int64(entry.mode))
        put("uid", Int64(entry.uid))
        put("gid", Int64(entry.gid))
        if !entry.attributes.isEmpty { put(entry.attributes) }
        if let digest { put("digest", Array(digest.description.utf8)) }
        if let first = chunks.first { put(first, isLast: chunks.count == 1) }
        text.append(UInt8(ascii: "}"))
    }

    /// A chunk after the first.
    init(_ chunk: BlobChunk, of entry: LayerEntry, at position: Int64, isLast: Bool) {
        put("name", TarHeader.name(of: entry))
        put("type", Array("chunk".utf8))
        put("chunkOffset", position)
        put(chunk, isLast: isLast)
        text.append(UInt8(ascii: "}"))
    }

    private static func type(of entry: LayerEntry) -> String {
        switch entry.kind {
        case .directory: "dir"
        case .file: "reg"
        case .link: "symlink"
        case .hardLink: "hardlink"
        case .fifo: "fifo"
        case .characterDevice: "char"
        case .blockDevice: "block"
        }
    }

    /// The last chunk of a file goes to its end and names no size.
    private mutating func put(_ chunk: BlobChunk, isLast: Bool) {
        put("offset", chunk.offset)
        if !isLast { put("chunkSize", chunk.size) }
        put("chunkDigest", Array(chunk.digest.description.utf8))
    }

    private mutating func put(_ attributes: [LayerEntry.Attribute]) {
        key("xattrs")
        text.append(UInt8(ascii: "{"))
        for (number, attribute) in attributes.enumerated() {
            if number > 0 { text.append(UInt8(ascii: ",")) }
            quote(attribute.name)
            text.append(UInt8(ascii: ":"))
            quote(Array(Base64.encode(attribute.value).utf8))
        }
        text.append(UInt8(ascii: "}"))
    }

    private mutating func put(_ name: String, _ number: Int64) {
        key(name)
        text += Array(String(number).utf8)
    }

    private mutating func put(_ name: String, _ value: [UInt8]) {
        key(name)
        quote(value)
    }

    private mutating func key(_ name: String) {
        if text.count > 1 { text.append(UInt8(ascii: ",")) }
        quote(Array(name.utf8))
        text.append(UInt8(ascii: ":"))
    }

    /// A JSON string (RFC 8259, 7) of UTF-8.
    private mutating func quote(_ value: [UInt8]) {
        text.append(UInt8(ascii: "\""))
        for byte in value {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): text += [UInt8(ascii: "\\"), byte]
            case 0..<0x20: text += Array(("\\u00" + Hexadecimal.encode([byte])).utf8)
            default: text.append(byte)
            }
        }
        text.append(UInt8(ascii: "\""))
    }
}
