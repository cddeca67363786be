internal import ChalkOCI

extension FileTable {
    /// The table that ``encoded`` was made from; nil for any other bytes.
    package init?(encoded bytes: [UInt8]) {
        var reader = TableReader(bytes: bytes)
        guard reader.takeMagic() else { return nil }
        self.init()
        while !reader.isAtEnd {
            guard let row = reader.row() else { return nil }
            append(row)
        }
    }
}

private struct TableReader {
    let bytes: [UInt8]
    var position = 0

    var isAtEnd: Bool { position == bytes.count }

    mutating func takeMagic() -> Bool {
        take(FileTable.magic.count).map { $0.elementsEqual(FileTable.magic) } ?? false
    }

    mutating func row() -> FileTable.Row? {
        guard let letter = take(1)?.first, let mode = number(4), let path = text() else { return nil }
        let content: FileTable.Content
        switch letter {
        case UInt8(ascii: "f"):
            guard let size = number(8), let digest = take(32) else { return nil }
            content = .file(Digest(bytes: digest), size: Int64(bitPattern: size))
        case UInt8(ascii: "d"): content = .directory
        case UInt8(ascii: "l"):
            guard let target = text() else { return nil }
            content = .link(target)
        case UInt8(ascii: "p"): content = .fifo
        case UInt8(ascii: "s"): content = .socket
        case UInt8(ascii: "c"), UInt8(ascii: "b"):
            guard let device = number(8) else { return nil }
            content = letter == UInt8(ascii: "c") ? .characterDevice(device) : .blockDevice(device)
        default: return nil
        }
        return FileTable.Row(path: path, mode: UInt32(mode), content: content)
    }

    private mutating func text() -> [UInt8]? {
        guard let length = number(4) else { return nil }
        return take(Int(length)).map { Array($0) }
    }

    private mutating func number(_ width: Int) -> UInt64? {
        take(width)?.reduce(0) { $0 << 8 | UInt64($1) }
    }

    private mutating func take(_ count: Int) -> ArraySlice<UInt8>? {
        guard count <= bytes.count - position else { return nil }
        defer { position += count }
        return bytes[position..<position + count]
    }
}
