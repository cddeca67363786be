import Glibc

/// Debian's `docker-registry` on a free port of the loopback, with its storage in a directory of ours.
final class Registry {
    /// As references name it: `localhost:40123`.
    let name: String
    private let storage: String
    private let daemon: Daemon

    /// Starts it in an empty directory and waits until it listens.
    init(in directory: String) throws {
        try Files.emptyDirectory(directory)
        let port = try Registry.freePort()
        storage = "\(directory)/storage"
        name = "localhost:\(port)"
        let config = """
            version: 0.1
            log: { level: warn }
            storage: { filesystem: { rootdirectory: \(storage) } }
            http: { addr: "127.0.0.1:\(port)", secret: only-for-benchmarks }

            """
        try Files.write(config, to: "\(directory)/config.yml")
        daemon = try Daemon(
            ["docker-registry", "serve", "\(directory)/config.yml"], log: "\(directory)/log")
        try daemon.wait { Registry.listens(port) }
    }

    /// Bytes of the layers that a reference `localhost:PORT/NAME:TAG` stands for here.
    func layerBytes(_ reference: String) throws -> Int {
        let parts = reference.split(separator: "/", maxSplits: 1)[1].split(separator: ":")
        let root = "\(storage)/docker/registry/v2"
        let digest = try Files.text(
            "\(root)/repositories/\(parts[0])/_manifests/tags/\(parts[1])/current/link"
        )
        .trimmed.dropFirst("sha256:".count)
        return try OCILayout.layerBytes(manifest: "\(root)/blobs/sha256/\(digest.prefix(2))/\(digest)/data")
    }

    private static func freePort() throws -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = loopback(port: 0)
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe bind(descriptor, $0, size) == 0 && getsockname(descriptor, $0, &size) == 0
            }
        }
        if !bound { throw BenchError.last("find a free port") }
        return Int(UInt16(bigEndian: address.sin_port))
    }

    private static func listens(_ port: Int) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = loopback(port: port)
        return unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }

    private static func loopback(port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return address
    }
}
