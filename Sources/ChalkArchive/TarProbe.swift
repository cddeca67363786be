package import ChalkSystem

/// Tells tars from other files by what is in them, as ADD does.
package enum TarProbe {
    /// Whether a stream begins with the header of a tar: as it is, or compressed by gzip, bzip2, xz or zstd.
    ///
    /// Reads no more than that takes. What is damaged or cannot be read is no tar.
    package static func isTar(_ source: any ByteSource) -> Bool {
        guard let stream = try? Decompressor(source), stream.format != .lz4 else { return false }
        var block: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: TarHeader.blockSize)
        while block.count < TarHeader.blockSize {
            guard let got = try? stream.read(into: &buffer), got > 0 else { return false }
            block += buffer[..<got]
        }
        return isHeader(block[..<TarHeader.blockSize])
    }

    /// Whether the checksum in a block is that of the block, with signed bytes or without (POSIX.1-1988 ustar).
    private static func isHeader(_ block: ArraySlice<UInt8>) -> Bool {
        let field = block[148..<156]
        let digits = field.drop { $0 == 0x20 }.prefix { (0x30...0x37).contains($0) }
        guard !digits.isEmpty, let wanted = Int64(String(decoding: digits, as: UTF8.self), radix: 8) else {
            return false
        }
        var plain: Int64 = 0
        var signed: Int64 = 0
        for (index, byte) in block.enumerated() {
            let byte = (148..<156).contains(index) ? 0x20 : byte
            plain += Int64(byte)
            signed += Int64(Int8(bitPattern: byte))
        }
        return wanted == plain || wanted == signed
    }
}
