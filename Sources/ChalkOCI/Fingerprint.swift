private import COpenSSL

/// 128 bits that stand for some bytes inside one store.
package struct Fingerprint: Hashable, Sendable {
    /// Number of bytes.
    package static let size = 16
    /// Stands for nothing; equal to no fingerprint of bytes but by a chance of one in 2^128.
    package static let none = Fingerprint(bytes: [UInt8](repeating: 0, count: size)[...])

    private let high: UInt64
    private let low: UInt64

    /// A fingerprint from its 16 bytes.
    package init(bytes: ArraySlice<UInt8>) {
        high = bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
        low = bytes.dropFirst(8).prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// The 16 bytes.
    package var bytes: [UInt8] {
        [high, low].flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> UInt64(56 - 8 * $0)) } }
    }
}

/// Fingerprints of bytes by GMAC (NIST SP 800-38D) with a secret key and a fixed nonce.
///
/// That is a universal hash of several GB/s: for two different inputs of at most 64 MiB that were chosen
/// without the key, the chance of equal fingerprints is below 2^-105. It is no digest: who knows the key can
/// make collisions, so fingerprints and key stay inside the store. For one thread at a time.
@safe package final class FingerprintHasher {
    /// Bytes of a key.
    package static let keySize = 16
    private let context: OpaquePointer
    private let key: [UInt8]

    /// A hasher; nil for a key of another size, or when OpenSSL is out of memory.
    package init?(key: [UInt8]) {
        guard key.count == Self.keySize, let context = unsafe EVP_CIPHER_CTX_new() else { return nil }
        unsafe self.context = unsafe context
        self.key = key
        let nonce = [UInt8](repeating: 0, count: 12)
        guard unsafe EVP_EncryptInit_ex(context, EVP_aes_128_gcm(), nil, key, nonce) == 1 else { return nil }
    }

    deinit { unsafe EVP_CIPHER_CTX_free(context) }

    /// The fingerprint of bytes.
    package func fingerprint(of bytes: [UInt8]) -> Fingerprint {
        let nonce = [UInt8](repeating: 0, count: 12)
        var tag = [UInt8](repeating: 0, count: Fingerprint.size)
        var length: Int32 = 0
        var isGood = unsafe EVP_EncryptInit_ex(context, nil, nil, nil, nonce) == 1
        unsafe bytes.withUnsafeBufferPointer { pointer in
            // The call takes its length as an Int32.
            var done = 0
            while isGood, done < pointer.count {
                let part = min(pointer.count - done, 1 << 30)
                let start = unsafe pointer.baseAddress.map { unsafe $0 + done }
                isGood = unsafe EVP_EncryptUpdate(context, nil, &length, start, Int32(part)) == 1
                done += part
            }
        }
        isGood = unsafe isGood && EVP_EncryptFinal_ex(context, &tag, &length) == 1
            && EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, Int32(Fingerprint.size), &tag) == 1
        // Nothing is ever equal to what could not be computed.
        return isGood ? Fingerprint(bytes: tag[...]) : .none
    }
}
