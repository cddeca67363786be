/// A stretch of host ids that /etc/subuid or /etc/subgid gives to a user.
struct SubordinateRange: Hashable, Sendable {
    var first: UInt32
    var count: UInt32

    /// The ranges that a file's text gives to a user, by name or number, in the file's order (`subuid(5)`).
    static func ranges(in text: [UInt8], name: String?, id: UInt32) -> [SubordinateRange] {
        text.split(separator: 0x0A).compactMap { line in
            let fields = line.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
                .map { String(decoding: $0, as: UTF8.self) }
            guard fields.count == 3, fields[0] == name || fields[0] == String(id),
                let first = UInt32(fields[1]), let count = UInt32(fields[2]), count > 0
            else { return nil }
            return SubordinateRange(first: first, count: count)
        }
    }

    /// The arguments after the process id for `newuidmap` or `newgidmap`: 0 is the caller, 1 and up the ranges.
    static func mapArguments(own: UInt32, ranges: [SubordinateRange]) -> [String] {
        var words = ["0", String(own), "1"]
        var next: UInt64 = 1
        for range in ranges {
            words += [String(next), String(range.first), String(range.count)]
            next += UInt64(range.count)
        }
        return words
    }
}
