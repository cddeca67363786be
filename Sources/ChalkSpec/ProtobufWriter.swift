/// Appends protobuf fields. Callers write fields in number order, so equal values give equal bytes.
struct ProtobufWriter {
    private(set) var bytes: [UInt8] = []

    mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }

    /// A uint32 or uint64 field.
    mutating func field(_ number: UInt32, varint value: UInt64) {
        varint(UInt64(number) << 3)
        varint(value)
    }

    /// A bytes field, or a message that was written before.
    mutating func field(_ number: UInt32, bytes content: [UInt8]) {
        varint(UInt64(number) << 3 | 2)
        varint(UInt64(content.count))
        bytes += content
    }

    mutating func field(_ number: UInt32, string: String) {
        field(number, bytes: Array(string.utf8))
    }

    /// A repeated string field.
    mutating func field(_ number: UInt32, strings: [String]) {
        for string in strings { field(number, string: string) }
    }

    /// Fields that were kept as they came.
    mutating func raw(_ content: [UInt8]) {
        bytes += content
    }
}
