internal import Glibc

/// A host name that could not be turned into addresses.
package struct HostLookupError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The name that was looked up.
    package let host: String
    /// The resolver's words, lower case: "name or service not known".
    package let reason: String

    /// "cannot look up host x: name or service not known".
    package var description: String { "cannot look up host \(host): \(reason)" }
}

/// One socket address of a host, as the kernel takes it.
struct HostAddress: Sendable {
    let family: Int32
    private let bytes: [UInt8]

    /// The addresses of a name or a numeric address, in the resolver's order. Blocks as long as the resolver does.
    static func lookUp(_ host: String, port: UInt16) throws(HostLookupError) -> [HostAddress] {
        // AI_ADDRCONFIG is left out on purpose: it hides "localhost" on a machine that has only a loopback.
        var hints = unsafe addrinfo()
        unsafe hints.ai_family = AF_UNSPEC
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        unsafe hints.ai_flags = Int32(AI_NUMERICSERV)
        var list: UnsafeMutablePointer<addrinfo>?
        let code = unsafe getaddrinfo(host, String(port), &hints, &list)
        if code != 0 {
            let words = unsafe gai_strerror(code).map { unsafe String(cString: $0) } ?? "error \(code)"
            throw HostLookupError(host: host, reason: words.prefix(1).lowercased() + words.dropFirst())
        }
        defer { unsafe freeaddrinfo(list) }
        var addresses: [HostAddress] = []
        var next = unsafe list
        while let entry = unsafe next {
            if let address = unsafe entry.pointee.ai_addr {
                let raw = unsafe UnsafeRawBufferPointer(
                    start: address, count: Int(entry.pointee.ai_addrlen))
                addresses.append(
                    HostAddress(family: unsafe entry.pointee.ai_family, bytes: unsafe Array(raw)))
            }
            unsafe next = entry.pointee.ai_next
        }
        if addresses.isEmpty { throw HostLookupError(host: host, reason: "it has no address") }
        return addresses
    }

    /// Begins to connect a socket; says the call's result and leaves `errno`.
    func connect(_ socket: Int32) -> Int32 {
        unsafe bytes.withUnsafeBytes { raw in
            guard let start = raw.baseAddress else { return -1 }
            return unsafe Glibc.connect(
                socket, start.assumingMemoryBound(to: sockaddr.self), socklen_t(raw.count))
        }
    }
}
