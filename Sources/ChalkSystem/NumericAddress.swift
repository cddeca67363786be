internal import Glibc

/// Addresses as numbers.
package enum NumericAddress {
    /// Whether a text is an IPv4 or IPv6 address.
    package static func isValid(_ text: String) -> Bool { bytes(text) != nil }

    /// The 4 or 16 bytes of an address; 4 too for an IPv4 address that is written as an IPv6 one.
    package static func bytes(_ text: String) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: 16)
        if unsafe inet_pton(AF_INET, text, &bytes) == 1 { return Array(bytes[..<4]) }
        guard unsafe inet_pton(AF_INET6, text, &bytes) == 1 else { return nil }
        let isMapped = bytes[..<10].allSatisfy { $0 == 0 } && bytes[10] == 0xFF && bytes[11] == 0xFF
        return isMapped ? Array(bytes[12...]) : bytes
    }
}
