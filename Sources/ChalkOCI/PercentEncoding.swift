/// Percent-encoding (RFC 3986 section 2.1) as addresses, queries and forms have it.
package enum PercentEncoding {
    private static let digits = Array("0123456789ABCDEF".utf8)

    /// The text with `%HH` for every byte of it that is not kept; by default the unreserved ones are.
    package static func encode(_ text: String, keeping isKept: (UInt8) -> Bool = isUnreserved) -> String {
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            if isKept(byte) {
                bytes.append(byte)
            } else {
                bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Whether a byte never needs an escape (RFC 3986 section 2.3).
    package static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: "-._~".utf8.contains(byte)
        }
    }

    /// The text with its `%HH` taken back; what is no escape stays.
    ///
    /// - Parameter plusIsSpace: whether `+` is a space, as in queries and forms.
    package static func decode(_ text: Substring, plusIsSpace: Bool = false) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), let escaped = value(of: rest.prefix(2)) {
                bytes.append(escaped)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(plusIsSpace && byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The byte that two digits stand for; nil for anything else, such as a sign before a digit.
    private static func value(of pair: ArraySlice<UInt8>) -> UInt8? {
        let values = pair.compactMap { Character(Unicode.Scalar($0)).hexDigitValue }
        guard values.count == 2 else { return nil }
        return UInt8(values[0] << 4 | values[1])
    }
}
