internal import COpenSSL

/// Going on from where an earlier computation was.
extension SHA256Hasher {
    /// Bytes of a state.
    package static let stateSize = 32
    /// Bytes that are digested at a time; a state is that after the last whole block (FIPS 180-4, 6.2).
    package static let blockSize: Int64 = 64

    /// The eight words after the last whole block, big-endian.
    package var state: [UInt8] {
        unsafe withUnsafeBytes(of: context.h) { words in
            unsafe words.bindMemory(to: UInt32.self)
                .flatMap { word in [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: word >> $0) } }
        }
    }

    /// The hasher that had taken in `length` bytes, a number of whole blocks, and was in this state then; nil
    /// for what can be no state.
    package init?(state: [UInt8], after length: Int64) {
        guard state.count == Self.stateSize, length >= 0, length % Self.blockSize == 0 else { return nil }
        self.init()
        unsafe withUnsafeMutableBytes(of: &context.h) { words in
            for index in 0..<8 {
                let word = state[4 * index..<4 * index + 4].reduce(0) { $0 << 8 | UInt32($1) }
                unsafe words.storeBytes(of: word, toByteOffset: 4 * index, as: UInt32.self)
            }
        }
        let bits = UInt64(length) << 3
        context.Nl = UInt32(truncatingIfNeeded: bits)
        context.Nh = UInt32(truncatingIfNeeded: bits >> 32)
    }
}
