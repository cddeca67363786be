internal import Glibc

/// Addresses as numbers.
package enum NumericAddress {
    /// Whether a text is an IPv4 or IPv6 address.
    package static func isValid(_ text: String) -> Bool {
        var bytes = [UInt8](repeating: 0, count: 16)
        return unsafe inet_pton(AF_INET, text, &bytes) == 1 || inet_pton(AF_INET6, text, &bytes) == 1
    }
}
