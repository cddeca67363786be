package import ChalkSystem
import Glibc

/// A socket that listens on loopback, at a port that the kernel has chosen. It ends with its last holder.
package final class LoopbackListener: Sendable {
    private let descriptor: FileDescriptor
    /// Where it listens.
    package let port: UInt16

    package init() throws {
        let raw = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        if raw < 0 { throw SystemError.last("open a socket") }
        descriptor = FileDescriptor(owning: raw)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(raw, $0, size) == 0 && getsockname(raw, $0, &size) == 0 && listen(raw, 64) == 0
            }
        }
        if !isBound { throw SystemError.last("listen") }
        port = UInt16(bigEndian: address.sin_port)
    }

    /// Hands each connection to `body`, on a thread of its own, until ``stop()``.
    package func serve(_ body: @escaping @Sendable (consuming FileDescriptor) -> Void) {
        while case let number = accept(descriptor.raw, nil, nil), number >= 0 {
            Thread.start { body(FileDescriptor(owning: number)) }
        }
    }

    /// Wakes ``serve(_:)``, which returns; the descriptor closes with the last holder.
    package func stop() { _ = shutdown(descriptor.raw, Int32(SHUT_RDWR)) }
}
