/// Tar blocks as nobody should write them.
struct RawTar {
    var bytes: [UInt8] = []

    /// One header block and a body padded to blocks.
    mutating func add(
        _ name: String, _ type: Character = "0", _ body: [UInt8] = [], link: String = "", size: Int64? = nil,
        rawSize: [UInt8]? = nil, rawOwner: [UInt8]? = nil, mode: Int64 = 0o644, major: Int64 = 0,
        minor: Int64 = 0, spoilSum: Bool = false
    ) {
        add(
            Array(name.utf8), type, body, link: Array(link.utf8), size: size, rawSize: rawSize,
            rawOwner: rawOwner, mode: mode, major: major, minor: minor, spoilSum: spoilSum)
    }

    mutating func add(
        _ name: [UInt8], _ type: Character, _ body: [UInt8], link: [UInt8] = [], size: Int64? = nil,
        rawSize: [UInt8]? = nil, rawOwner: [UInt8]? = nil, mode: Int64 = 0o644, major: Int64 = 0,
        minor: Int64 = 0, spoilSum: Bool = false
    ) {
        var block = [UInt8](repeating: 0, count: 512)
        func put(_ bytes: [UInt8], _ offset: Int) {
            block.replaceSubrange(offset..<offset + bytes.count, with: bytes)
        }
        func octal(_ number: Int64, _ width: Int) -> [UInt8] {
            let digits = String(number, radix: 8)
            return Array((String(repeating: "0", count: max(0, width - 1 - digits.count)) + digits + "\0").utf8)
        }
        put(Array(name.prefix(100)), 0)
        put(octal(mode, 8), 100)
        put(rawOwner ?? octal(0, 8), 108)
        put(octal(0, 8), 116)
        put(rawSize ?? octal(size ?? Int64(body.count), 12), 124)
        put(octal(315_532_800, 12), 136)
        put(Array("        ".utf8), 148)
        block[156] = type.asciiValue ?? 0
        put(Array(link.prefix(100)), 157)
        put(Array("ustar\u{0}00".utf8), 257)
        put(octal(major, 8), 329)
        put(octal(minor, 8), 337)
        let sum = block.reduce(Int64(spoilSum ? 1 : 0)) { $0 + Int64($1) }
        put(Array(octal(sum, 7).prefix(6)) + [0, 0x20], 148)
        bytes += block + body + [UInt8](repeating: 0, count: (512 - body.count % 512) % 512)
    }

    /// A pax header for the next entry.
    mutating func pax(_ records: [(String, [UInt8])]) {
        var body: [UInt8] = []
        for (key, value) in records {
            let rest = Array(" \(key)=".utf8) + value + [0x0A]
            var length = rest.count
            while String(length).utf8.count + rest.count != length {
                length = String(length).utf8.count + rest.count
            }
            body += Array(String(length).utf8) + rest
        }
        add("PaxHeaders/x", "x", body)
    }

    /// A GNU long name (or, as `K`, long link) for the next entry.
    mutating func long(_ text: [UInt8], _ type: Character = "L") {
        add("././@LongLink", type, text + [0])
    }

    /// The stream with its end marker.
    var ended: [UInt8] { bytes + [UInt8](repeating: 0, count: 1_024) }
}
