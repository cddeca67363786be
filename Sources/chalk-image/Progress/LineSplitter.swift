/// Cuts a stream of bytes into lines; a carriage return starts a line again, as on a terminal.
struct LineSplitter {
    private var rest: [UInt8] = []

    /// The lines that are complete with these bytes.
    mutating func take(_ bytes: [UInt8]) -> [String] {
        var lines: [String] = []
        for byte in bytes {
            if byte == 0x0A {
                lines.append(flushed())
            } else if byte == 0x0D {
                continue
            } else if rest.count < 65_536 {
                rest.append(byte)
            }
        }
        return lines
    }

    /// The last line where it had no end.
    mutating func end() -> String? {
        rest.isEmpty ? nil : flushed()
    }

    private mutating func flushed() -> String {
        defer { rest = [] }
        return String(decoding: rest, as: UTF8.self)
    }
}
