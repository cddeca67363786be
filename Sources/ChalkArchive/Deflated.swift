internal import CZlib

/// Bytes that zlib made smaller (RFC 1950), for what the store keeps beside layers.
enum Deflated {
    /// The smaller bytes.
    static func deflate(_ bytes: [UInt8], level: Int32 = 9) -> [UInt8] {
        var length = compressBound(uLong(bytes.count))
        return unsafe [UInt8](unsafeUninitializedCapacity: Int(length)) { output, count in
            let code = unsafe compress2(output.baseAddress, &length, bytes, uLong(bytes.count), level)
            count = code == Z_OK ? Int(length) : 0
        }
    }

    /// The bytes they were made of, `count` of them; nil for other bytes.
    static func inflate(_ bytes: ArraySlice<UInt8>, count: Int) -> [UInt8]? {
        var length = uLong(count)
        var code = Z_OK
        let result = unsafe [UInt8](unsafeUninitializedCapacity: max(count, 1)) { output, written in
            unsafe bytes.withUnsafeBufferPointer {
                code = unsafe uncompress(output.baseAddress, &length, $0.baseAddress, uLong($0.count))
            }
            written = code == Z_OK ? Int(length) : 0
        }
        return code == Z_OK && result.count == count ? result : nil
    }

    /// CRC-32 (ISO 3309) of a part of an array, folded to 16 bits.
    static func sum(_ bytes: [UInt8], _ range: Range<Int>) -> UInt16 {
        let sum = unsafe bytes.withUnsafeBufferPointer { pointer in
            unsafe crc32(0, pointer.baseAddress.map { unsafe $0 + range.lowerBound }, uInt(range.count))
        }
        return UInt16(truncatingIfNeeded: sum) ^ UInt16(truncatingIfNeeded: sum >> 16)
    }
}
