internal import COpenSSL

/// SHA-256 over bytes given in pieces; a value, so a state can be kept and gone on from twice.
package struct SHA256Hasher: Sendable {
    // The low-level calls are used because the first EVP call of a process costs over a millisecond.
    var context = SHA256_CTX()

    /// The state before the first byte.
    package init() {
        unsafe SHA256_Init(&context)
    }

    /// Takes in bytes.
    package mutating func update(_ bytes: [UInt8]) {
        unsafe bytes.withUnsafeBytes { _ = unsafe SHA256_Update(&context, $0.baseAddress, $0.count) }
    }

    /// Takes in a slice.
    package mutating func update(_ bytes: ArraySlice<UInt8>) {
        unsafe bytes.withUnsafeBytes { _ = unsafe SHA256_Update(&context, $0.baseAddress, $0.count) }
    }

    /// Takes in the UTF-8 bytes of text.
    package mutating func update(_ text: String) {
        update(Array(text.utf8))
    }

    /// The digest of all so far; the state stays as it is.
    package func finish() -> Digest {
        var copy = context
        var bytes = [UInt8](repeating: 0, count: 32)
        unsafe SHA256_Final(&bytes, &copy)
        return Digest(bytes: bytes)
    }
}
