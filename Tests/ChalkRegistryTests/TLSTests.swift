import ChalkOCI
import ChalkSystem
import ChalkTestSupport
import Testing

@testable import ChalkRegistry

@Suite struct TLSTests {
    let certificates: TestCertificates

    init() throws { certificates = try TestCertificates() }

    func client(_ change: (inout RegistryOptions) -> Void = { _ in }) -> RegistryClient {
        var options = RegistryOptions.testing()
        options.plainHTTP = .never
        options.trust.authorities = [certificates.authority]
        change(&options)
        return RegistryClient(options: options)
    }

    func reference(_ registry: String) -> Reference {
        Reference(registry: registry, repository: "app", tag: "1", digest: nil)
    }

    @Test(arguments: ["localhost", "127.0.0.1"]) func roundTrip(host: String) throws {
        let registry = try DockerRegistry(tls: try certificates.issue("DNS:localhost,IP:127.0.0.1"))
        let reference = reference("\(host):\(registry.port)")
        let client = client()
        for bytes in [noise(100), noise(5 << 20)] {
            let blob = descriptor(bytes)
            #expect(try client.push(blob: blob, content: { MemorySource(bytes) }, to: reference) == .uploaded)
            #expect(try client.push(blob: blob, content: { MemorySource(bytes) }, to: reference) == .existed)
            let sink = MemorySink()
            try client.blob(blob.digest, size: blob.size, from: reference, into: sink)
            #expect(sink.bytes == bytes)
        }
    }

    @Test func extraAuthorityBesideTheSystems() throws {
        let registry = try DockerRegistry(tls: try certificates.issue("DNS:localhost"))
        let authority = certificates.authority
        let client = client {
            $0.trust.authorities = [authority]
        }
        #expect(try !client.blobExists(.of([1]), in: reference(registry.name)))
    }

    @Test func unknownAuthority() throws {
        let registry = try DockerRegistry(tls: try certificates.issue("DNS:localhost"))
        let error = #expect(throws: RegistryError.self) {
            try client { $0.trust.authorities = [] }.resolve(reference(registry.name))
        }
        #expect(error?.code == .certificate)
        #expect(
            error?.description
                == "cannot resolve \(registry.name)/app:1: its certificate is not signed by a trusted authority "
                + "(unable to get local issuer certificate); if it should be trusted, name its authority's certificate with --ca-cert"
        )
        #expect(registry.requests.isEmpty)
    }

    @Test(arguments: [("DNS:localhost", "127.0.0.1"), ("DNS:other.example,IP:127.0.0.1", "localhost")])
    func wrongHost(names: String, host: String) throws {
        let registry = try DockerRegistry(tls: try certificates.issue(names))
        let name = "\(host):\(registry.port)"
        let error = #expect(throws: RegistryError.self) { try client().resolve(reference(name)) }
        #expect(error?.code == .certificate)
        #expect(
            error?.description
                == "cannot resolve \(name)/app:1: its certificate is for another host than \(host); "
                + "use the name that the certificate is for")
        #expect(registry.requests.isEmpty)
    }

    @Test func expired() throws {
        let registry = try DockerRegistry(tls: try certificates.issue("DNS:localhost", days: -1))
        let error = #expect(throws: RegistryError.self) { try client().resolve(reference(registry.name)) }
        #expect(
            error?.description
                == "cannot resolve \(registry.name)/app:1: its certificate has expired; renew it, or set this machine's clock"
        )
    }

    @Test func plainServer() throws {
        let server = try TestServer(raw: { socket in
            var buffer = [UInt8](repeating: 0, count: 1_024)
            _ = try socket.read(into: &buffer, offset: 0, count: 1_024, timeout: .seconds(30))
            try socket.write(Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8)[...], timeout: .seconds(30))
        })
        let error = #expect(throws: RegistryError.self) { try client().resolve(reference(server.name)) }
        #expect(error?.code == .certificate)
        #expect(
            error?.description
                == "cannot resolve \(server.name)/app:1: no TLS connection could be agreed (wrong version number); "
                + "if it speaks plain HTTP, ask for that with --plain-http")
    }

    @Test func plainClient() throws {
        let registry = try DockerRegistry(tls: try certificates.issue("DNS:localhost"))
        let error = #expect(throws: RegistryError.self) {
            try client {
                $0.plainHTTP = .loopback
                $0.trust.authorities = []
            }.resolve(reference(registry.name))
        }
        #expect(
            error?.description
                == "cannot resolve \(registry.name)/app:1: the registry answered 400 "
                + "(Client sent an HTTP request to an HTTPS server.)")
    }

    @Test func authorityThatCannotBeRead() throws {
        let error = #expect(throws: RegistryError.self) {
            try client { $0.trust.authorities = ["/nonexistent/ca.pem"] }.resolve(reference("localhost:1"))
        }
        #expect(
            error?.description
                == "cannot resolve localhost:1/app:1: the certificate authorities in /nonexistent/ca.pem cannot be read"
        )
    }

    @Test func cancellationInTheHandshake() throws {
        let cancellation = Cancellation()
        let silent = try TestServer(raw: { socket in
            var buffer = [UInt8](repeating: 0, count: 4_096)
            _ = try socket.read(into: &buffer, offset: 0, count: 4_096, timeout: .seconds(30))
            cancellation.cancel()
            while try socket.read(into: &buffer, offset: 0, count: 4_096, timeout: .seconds(30)) > 0 {}
        })
        var options = RegistryOptions.testing()
        options.plainHTTP = .never
        let client = RegistryClient(options: options, cancellation: cancellation)
        #expect(throws: Cancellation.Cancelled.self) { try client.resolve(reference(silent.name)) }
    }
}
