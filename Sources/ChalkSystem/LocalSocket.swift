internal import Glibc

/// Stream sockets with a name in the file system (`unix(7)`); blocking, for processes that do nothing else meanwhile.
package enum LocalSocket {
    /// Makes a socket called `path` that ``accept(_:)`` takes connections from.
    ///
    /// - Throws: EINVAL for a path of more than 107 bytes; go to its directory first.
    package static func listen(at path: String) throws(SystemError) -> FileDescriptor {
        let socket = try make(path)
        if try unsafe withAddress(path, { unsafe bind(socket.raw, $0, $1) }) != 0 {
            throw .last("make socket", path)
        }
        if Glibc.listen(socket.raw, 64) != 0 { throw .last("listen on", path) }
        return socket
    }

    /// Waits for somebody to connect.
    package static func accept(_ listener: borrowing FileDescriptor) throws(SystemError) -> FileDescriptor {
        while true {
            let raw = Glibc.accept(listener.raw, nil, nil)
            if raw >= 0 { return try FileDescriptor.adopt(raw) }
            if errno != EINTR, errno != ECONNABORTED { throw .last("take a connection") }
        }
    }

    /// Connects to the socket called `path`.
    package static func connect(to path: String) throws(SystemError) -> FileDescriptor {
        let socket = try make(path)
        if try unsafe withAddress(path, { unsafe Glibc.connect(socket.raw, $0, $1) }) != 0 {
            throw .last("connect to", path)
        }
        return socket
    }

    private static func make(_ path: String) throws(SystemError) -> FileDescriptor {
        let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let raw = socket(AF_UNIX, kind, 0)
        if raw < 0 { throw .last("open a socket for", path) }
        return FileDescriptor(owning: raw)
    }

    private static func withAddress(
        _ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) throws(SystemError) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path), !bytes.contains(0) else {
            throw SystemError(code: EINVAL, operation: "use the socket", subject: path)
        }
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: bytes) }
        let size = socklen_t(MemoryLayout<sockaddr_un>.size)
        return unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe body($0, size) }
        }
    }
}
