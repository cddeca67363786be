/// Path names as git writes them where a line feed ends a record: in double quotes with C's escapes where they hold
/// anything but plain ASCII (`core.quotePath`).
enum GitQuoting {
    private static let quote = UInt8(ascii: "\"")
    private static let backslash = UInt8(ascii: "\\")
    private static let letters: [(byte: UInt8, letter: UInt8)] = [
        (0x07, UInt8(ascii: "a")), (0x08, UInt8(ascii: "b")), (0x09, UInt8(ascii: "t")),
        (0x0A, UInt8(ascii: "n")), (0x0B, UInt8(ascii: "v")), (0x0C, UInt8(ascii: "f")),
        (0x0D, UInt8(ascii: "r")), (quote, quote), (backslash, backslash),
    ]

    /// A name as it is written.
    static func quoted(_ name: [UInt8]) -> [UInt8] {
        guard name.contains(where: needsEscape) else { return name }
        var text = [quote]
        for byte in name {
            if !needsEscape(byte) {
                text.append(byte)
            } else if let letter = letters.first(where: { $0.byte == byte })?.letter {
                text += [backslash, letter]
            } else {
                text.append(backslash)
                for shift in [6, 3, 0] as [UInt8] { text.append(UInt8(ascii: "0") + (byte >> shift & 7)) }
            }
        }
        return text + [quote]
    }

    private static func needsEscape(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte >= 0x7F || byte == quote || byte == backslash
    }

    /// The name that a line stands for: itself, unless it starts with a double quote; nil when it is badly quoted.
    static func unquoted(_ line: [UInt8]) -> [UInt8]? {
        guard line.first == quote else { return line }
        var name: [UInt8] = []
        var rest = line.dropFirst()
        while let byte = rest.popFirst() {
            if byte == quote { return rest.isEmpty ? name : nil }
            if byte != backslash {
                name.append(byte)
                continue
            }
            guard let escape = rest.popFirst() else { return nil }
            if let known = letters.first(where: { $0.letter == escape }) {
                name.append(known.byte)
                continue
            }
            let digits = [escape] + rest.prefix(2)
            guard digits.count == 3, digits.allSatisfy({ (0x30...0x37).contains($0) }), escape < 0x34
            else { return nil }
            rest = rest.dropFirst(2)
            name.append(digits.reduce(0) { $0 << 3 | ($1 - 0x30) })
        }
        return nil
    }
}
