internal import Glibc

/// A path as the system takes it: bytes without NUL. `String` for what users type, `[UInt8]` for names met on disk.
package protocol HostPath {
    /// The bytes of the path, without a terminator.
    var pathBytes: [UInt8] { get }
}

extension String: HostPath {
    package var pathBytes: [UInt8] { Array(utf8) }
}

extension Array: HostPath where Element == UInt8 {
    package var pathBytes: [UInt8] { self }
}

extension HostPath {
    /// The path for an error sentence; bytes that are not UTF-8 are shown as U+FFFD.
    package var display: String { String(decoding: pathBytes, as: UTF8.self) }

    /// The path with a terminator, as C calls want it.
    ///
    /// - Throws: ``SystemError`` (EINVAL) when the path holds a NUL byte.
    func terminated(for operation: String) throws(SystemError) -> [CChar] {
        var buffer: [CChar] = []
        let bytes = pathBytes
        buffer.reserveCapacity(bytes.count + 1)
        for byte in bytes {
            if byte == 0 { throw SystemError(code: EINVAL, operation: operation, subject: display) }
            buffer.append(CChar(bitPattern: byte))
        }
        buffer.append(0)
        return buffer
    }
}
