import ChalkSystem
import Foundation

/// Debian's `docker-registry` on a free loopback port, with its own configuration and storage in a temporary
/// directory; killed when it goes out of scope, or when the test process ends in any other way.
package final class DockerRegistry: @unchecked Sendable {
    // Nothing changes after init, and only deinit touches the process: hence Sendable.
    /// A certificate to serve TLS with.
    package struct TLS {
        /// PEM file, the chain included.
        package let certificate: String
        /// PEM file.
        package let key: String

        /// A certificate and its key.
        package init(certificate: String, key: String) {
            self.certificate = certificate
            self.key = key
        }
    }

    /// Why it did not start.
    package struct StartError: Error, CustomStringConvertible {
        package let description: String
    }

    /// As references name it: `localhost:40123`.
    package let name: String
    /// The port on 127.0.0.1.
    package let port: Int
    /// The temporary directory: `config.yml`, `log`, `storage/`.
    package let directory: String
    private let process: TiedProcess

    /// Starts a registry and waits until it listens.
    ///
    /// - Parameters:
    ///   - clientAuthority: a PEM file; who has no certificate by it is not let in.
    ///   - users: an htpasswd file that requests must satisfy; nil lets everybody in.
    ///   - tokens: the service whose tokens requests must have, and the PEM file of whoever signs them.
    package init(
        tls: TLS? = nil, clientAuthority: String? = nil, users: String? = nil,
        tokens: (realm: String, bundle: String)? = nil
    ) throws {
        let directory = NSTemporaryDirectory() + "chalk-registry-" + RandomName.make()
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        var failure = "no port was free"
        for _ in 0..<5 {
            let port = try DockerRegistry.freePort()
            var config = DockerRegistry.config(
                port: port, directory: directory, tls: tls, clientAuthority: clientAuthority, users: users)
            if let tokens {
                config +=
                    "auth:\n  token:\n    realm: \(tokens.realm)\n    service: tests\n    issuer: tests\n"
                config += "    rootcertbundle: \(tokens.bundle)\n"
            }
            try config.write(toFile: directory + "/config.yml", atomically: true, encoding: .utf8)
            try "".write(toFile: directory + "/log", atomically: true, encoding: .utf8)
            let process = try TiedProcess(
                ["docker-registry", "serve", directory + "/config.yml"], log: directory + "/log")
            if DockerRegistry.waitUntilListening(directory) {
                self.name = "localhost:\(port)"
                self.port = port
                self.directory = directory
                self.process = process
                return
            }
            failure = (try? String(contentsOfFile: directory + "/log", encoding: .utf8)) ?? "no log"
            process.end()
        }
        try? FileManager.default.removeItem(atPath: directory)
        throw StartError(description: "docker-registry did not start: \(failure.suffix(1_000))")
    }

    deinit {
        process.end()
        try? FileManager.default.removeItem(atPath: directory)
    }

    /// Its log so far, one line for each request among others.
    package var log: String { (try? String(contentsOfFile: directory + "/log", encoding: .utf8)) ?? "" }

    /// The requests so far in its access log: "PUT /v2/app/manifests/1".
    package var requests: [String] {
        log.split(separator: "\n").compactMap { line in
            let parts = line.split(separator: "\"", omittingEmptySubsequences: false)
            guard parts.count > 2, parts[1].hasSuffix(" HTTP/1.1") else { return nil }
            return String(parts[1].dropLast(9))
        }
    }

    private static func config(
        port: Int, directory: String, tls: TLS?, clientAuthority: String?, users: String?
    ) -> String {
        var text = """
            version: 0.1
            log:
              level: info
            storage:
              filesystem:
                rootdirectory: \(directory)/storage
              maintenance:
                uploadpurging:
                  enabled: false
            http:
              addr: 127.0.0.1:\(port)
              secret: only-for-tests

            """
        if let tls {
            text += "  tls:\n    certificate: \(tls.certificate)\n    key: \(tls.key)\n"
            if let clientAuthority { text += "    clientcas:\n      - \(clientAuthority)\n" }
        }
        if let users {
            text += "auth:\n  htpasswd:\n    realm: tests\n    path: \(users)\n"
        }
        return text
    }

    private static func waitUntilListening(_ directory: String) -> Bool {
        let start = ContinuousClock.now
        while ContinuousClock.now - start < .seconds(30) {
            let log = (try? String(contentsOfFile: directory + "/log", encoding: .utf8)) ?? ""
            if log.contains("listening on 127.0.0.1") { return true }
            if log.contains("address already in use") || log.contains("not found") { return false }
            try? Pause.wait(.milliseconds(10), Cancellation())
        }
        return false
    }

    /// A port of loopback that nobody listens on at the moment.
    package static func freePort() throws -> Int {
        let raw = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        if raw < 0 { throw SystemError.last("open a socket") }
        let holder = FileDescriptor(owning: raw)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let code = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(holder.raw, $0, size) == 0 && getsockname(holder.raw, $0, &size) == 0
            }
        }
        if !code { throw SystemError.last("find a free port") }
        return Int(UInt16(bigEndian: address.sin_port))
    }
}
