/// Walks the fields of one protobuf message. Every length is checked against what is left; errors name the byte
/// offset in the whole input.
struct ProtobufReader {
    /// One field as it stands in the bytes.
    struct Field {
        let number: UInt32
        let value: Value
        /// The whole field, tag included.
        let extent: Range<Int>
    }

    enum Value {
        case varint(UInt64)
        case bytes(Range<Int>)
        /// fixed32, fixed64 or a group: never a field of ours.
        case other
    }

    /// Groups deeper than this are refused.
    static let groupLimit = 100

    let bytes: [UInt8]
    private var offset: Int
    private let end: Int

    /// Reads `range` of `bytes`, which lies inside them.
    init(_ bytes: [UInt8], _ range: Range<Int>) {
        self.bytes = bytes
        self.offset = range.lowerBound
        self.end = range.upperBound
    }

    /// The next field, or nil at the end of the message.
    mutating func next() throws(SpecError) -> Field? {
        guard offset < end else { return nil }
        let start = offset
        let (number, wire) = try tag()
        let value = try value(number: number, wire: wire, start: start, depth: 0)
        return Field(number: number, value: value, extent: start..<offset)
    }

    /// A string field's text.
    func string(_ range: Range<Int>) throws(SpecError) -> String {
        guard let string = String(validating: bytes[range], as: UTF8.self) else {
            throw Self.error("the string is not valid UTF-8", at: range.lowerBound)
        }
        return string
    }

    static func error(_ problem: String, at offset: Int) -> SpecError {
        SpecError(.malformed, at: "", "the protobuf message is damaged at byte \(offset): \(problem)")
    }

    private mutating func tag() throws(SpecError) -> (number: UInt32, wire: UInt8) {
        let start = offset
        let tag = try varint()
        guard tag <= UInt64(UInt32.max), tag >> 3 > 0 else {
            throw Self.error("there is no field number \(tag >> 3)", at: start)
        }
        return (UInt32(truncatingIfNeeded: tag >> 3), UInt8(truncatingIfNeeded: tag & 7))
    }

    private mutating func value(number: UInt32, wire: UInt8, start: Int, depth: Int) throws(SpecError)
        -> Value
    {
        switch wire {
        case 0:
            return .varint(try varint())
        case 1:
            try skip(8)
            return .other
        case 2:
            let place = offset
            let length = try varint()
            guard length <= UInt64(end - offset) else {
                throw Self.error(
                    "field \(number) claims \(length) bytes, but \(end - offset) are left", at: place)
            }
            let range = offset..<(offset + Int(length))
            offset = range.upperBound
            return .bytes(range)
        case 3:
            try group(number, start: start, depth: depth)
            return .other
        case 4:
            throw Self.error("a group ends that did not start", at: start)
        case 5:
            try skip(4)
            return .other
        default:
            throw Self.error("there is no wire type \(wire)", at: start)
        }
    }

    private mutating func group(_ number: UInt32, start: Int, depth: Int) throws(SpecError) {
        guard depth < Self.groupLimit else {
            throw Self.error("groups are nested more than \(Self.groupLimit) deep", at: start)
        }
        while offset < end {
            let inner = offset
            let (innerNumber, wire) = try tag()
            if wire == 4 {
                guard innerNumber == number else {
                    throw Self.error("group \(number) is closed by group \(innerNumber)", at: inner)
                }
                return
            }
            _ = try value(number: innerNumber, wire: wire, start: inner, depth: depth + 1)
        }
        throw Self.error("group \(number) is not closed", at: start)
    }

    private mutating func skip(_ count: Int) throws(SpecError) {
        guard count <= end - offset else {
            throw Self.error("\(count) bytes are needed, but \(end - offset) are left", at: offset)
        }
        offset += count
    }

    private mutating func varint() throws(SpecError) -> UInt64 {
        let start = offset
        var value: UInt64 = 0
        for index in 0..<10 {
            guard offset < end else { throw Self.error("a number is cut off", at: start) }
            let byte = bytes[offset]
            offset += 1
            if index == 9, byte > 1 { break }
            value |= UInt64(byte & 0x7F) << UInt64(7 * index)
            if byte & 0x80 == 0 { return value }
        }
        throw Self.error("a number has more than 64 bits", at: start)
    }
}
