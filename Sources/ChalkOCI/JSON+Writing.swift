extension JSON {
    /// The canonical text: members sorted by the bytes of their names, no white space, only needed escapes, UTF-8.
    package func canonical() -> [UInt8] {
        var out: [UInt8] = []
        write(to: &out, sorted: true, indent: nil, level: 0)
        return out
    }

    /// Text for people: two spaces an indent, members in the order they have.
    package func pretty() -> String {
        var out: [UInt8] = []
        write(to: &out, sorted: false, indent: 2, level: 0)
        return String(decoding: out, as: UTF8.self)
    }

    /// One line, members in the order they have.
    package func compact() -> String {
        var out: [UInt8] = []
        write(to: &out, sorted: false, indent: nil, level: 0)
        return String(decoding: out, as: UTF8.self)
    }

    private func write(to out: inout [UInt8], sorted: Bool, indent: Int?, level: Int) {
        switch self {
        case .null: out += Array("null".utf8)
        case .bool(let value): out += Array((value ? "true" : "false").utf8)
        case .integer(let number): out += Array(String(number).utf8)
        case .number(let text): out += Array(text.utf8)
        case .string(let text): JSON.write(text, to: &out)
        case .array(let items):
            list(items, "[", "]", to: &out, indent: indent, level: level) { item, out in
                item.write(to: &out, sorted: sorted, indent: indent, level: level + 1)
            }
        case .object(let members):
            let ordered =
                sorted ? members.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) } : members
            list(ordered, "{", "}", to: &out, indent: indent, level: level) { member, out in
                JSON.write(member.name, to: &out)
                out += Array((indent == nil ? ":" : ": ").utf8)
                member.value.write(to: &out, sorted: sorted, indent: indent, level: level + 1)
            }
        }
    }

    private func list<Item>(
        _ items: [Item], _ open: Unicode.Scalar, _ close: Unicode.Scalar, to out: inout [UInt8], indent: Int?,
        level: Int, _ body: (Item, inout [UInt8]) -> Void
    ) {
        out.append(UInt8(ascii: open))
        for (index, item) in items.enumerated() {
            if index > 0 { out.append(UInt8(ascii: ",")) }
            JSON.newLine(to: &out, indent: indent, level: level + 1)
            body(item, &out)
        }
        if !items.isEmpty { JSON.newLine(to: &out, indent: indent, level: level) }
        out.append(UInt8(ascii: close))
    }

    private static func newLine(to out: inout [UInt8], indent: Int?, level: Int) {
        guard let indent else { return }
        out.append(0x0A)
        out += [UInt8](repeating: 0x20, count: indent * level)
    }

    private static func write(_ text: String, to out: inout [UInt8]) {
        out.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): out += [UInt8(ascii: "\\"), byte]
            case 0x0A: out += Array("\\n".utf8)
            case 0x0D: out += Array("\\r".utf8)
            case 0x09: out += Array("\\t".utf8)
            case 0..<0x20, 0x7F: out += Array(("\\u00" + Hexadecimal.encode([byte])).utf8)
            default: out.append(byte)
            }
        }
        out.append(UInt8(ascii: "\""))
    }
}
