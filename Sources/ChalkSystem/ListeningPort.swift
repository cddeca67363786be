internal import Glibc

/// TCP ports of this machine that programs listen on.
package enum ListeningPort {
    /// Whether a program could listen on a port, on every address, now.
    package static func isFree(_ port: UInt16) throws(SystemError) -> Bool {
        let (four, six) = (try refusal(port, AF_INET), try refusal(port, AF_INET6))
        return four != EADDRINUSE && six != EADDRINUSE
    }

    /// What the kernel answers to whoever wants the port; 0 for leave.
    private static func refusal(_ port: UInt16, _ family: Int32) throws(SystemError) -> Int32 {
        let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let raw = socket(family, kind, 0)
        // A machine without IPv6.
        if raw < 0 { return errno }
        let file = FileDescriptor(owning: raw)
        var one: Int32 = 1
        let size = socklen_t(MemoryLayout<Int32>.size)
        // As servers do: connections that are ending are in nobody's way.
        _ = unsafe setsockopt(file.raw, SOL_SOCKET, SO_REUSEADDR, &one, size)
        if family == AF_INET6 {
            _ = unsafe setsockopt(file.raw, Int32(IPPROTO_IPV6), IPV6_V6ONLY, &one, size)
            var address = sockaddr_in6()
            address.sin6_family = sa_family_t(AF_INET6)
            address.sin6_port = port.bigEndian
            return unsafe bound(file, &address)
        }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        return unsafe bound(file, &address)
    }

    @unsafe private static func bound<Address>(
        _ file: borrowing FileDescriptor, _ address: inout Address
    ) -> Int32 {
        let number = file.raw
        let size = socklen_t(MemoryLayout<Address>.size)
        let result = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                // Another socket may be bound but not listen yet, which only listening finds out.
                unsafe bind(number, $0, size) == 0 ? listen(number, 1) : -1
            }
        }
        return result == 0 ? 0 : errno
    }
}
