import ChalkOCI
import ChalkSystem
import ChalkTestSupport
import Testing

@testable import ChalkRegistry

/// Requests that go through proxies of the tests' own; the hosts behind them exist nowhere else.
@Suite struct ProxyFlowTests {
    func client(_ proxies: ProxySettings, _ change: (inout RegistryOptions) -> Void = { _ in })
        -> RegistryClient
    {
        var options = RegistryOptions.testing()
        options.proxies = proxies
        change(&options)
        return RegistryClient(options: options)
    }

    let document = Array(#"{"schemaVersion":2,"layers":[]}"#.utf8)

    @Test func wholeURLsForPlainHTTP() throws {
        let document = document
        let proxy = try TestServer { request, connection in
            try connection.answer(
                200, [("Content-Type", MediaType.manifest.name)], document, for: request.method)
        }
        let settings = ProxySettings(http: "http://me:hunter2@\(proxy.name)")
        let client = client(settings) { $0.plainHTTP = .always }
        let reference = Reference(registry: "registry.test:5000", repository: "app", tag: "1", digest: nil)
        #expect(try client.manifest(reference).bytes == document)
        #expect(proxy.log == ["GET http://registry.test:5000/v2/app/manifests/1"])
        let headers = try #require(proxy.requests.first?.headers)
        #expect(headers["Host"] == "registry.test:5000")
        #expect(headers["Proxy-Authorization"] == "Basic bWU6aHVudGVyMg==" && headers["Authorization"] == nil)
    }

    @Test func aProxyThatWantsAPassword() throws {
        let proxy = try TestServer { request, connection in
            try connection.answer(407, [], [], for: request.method)
        }
        let reference = Reference(registry: "registry.test", repository: "app", tag: "1", digest: nil)
        let error = #expect(throws: RegistryError.self) {
            try client(ProxySettings(http: proxy.name)) { $0.plainHTTP = .always }.resolve(reference)
        }
        #expect(error?.code == .unauthorized)
        #expect(
            error?.description
                == "cannot resolve registry.test/app:1: the proxy http://\(proxy.name) wants a user name and password; "
                + "write them into the variable: http://USER:PASSWORD@HOST:PORT")
    }

    @Test func tunnelsForTLS() throws {
        let certificates = try TestCertificates()
        let registry = try DockerRegistry(tls: try certificates.issue("DNS:registry.test"))
        let proxy = try TunnelProxy(to: registry.port)
        let settings = ProxySettings(https: "http://me:p%20w@" + proxy.url.dropFirst(7))
        let client = client(settings) { $0.trust.authorities = [certificates.authority] }
        let reference = Reference(registry: "registry.test:5000", repository: "app", tag: "1", digest: nil)
        let bytes = noise(3 << 20)
        try client.push(blob: descriptor(bytes), content: { MemorySource(bytes) }, to: reference)
        let sink = MemorySink()
        try client.blob(.of(bytes), size: Int64(bytes.count), from: reference, into: sink)
        #expect(sink.bytes == bytes)
        // One connection for all of it, and nothing of the registry's in what the proxy sees.
        #expect(
            proxy.requests == [
                "CONNECT registry.test:5000 HTTP/1.1\r\nHost: registry.test:5000\r\nProxy-Authorization: Basic bWU6cCB3\r\n\r\n"
            ])
        // The proxy is no reason to believe a certificate.
        let other = Reference(registry: "other.test:5000", repository: "app", tag: "1", digest: nil)
        let error = #expect(throws: RegistryError.self) { try client.resolve(other) }
        #expect(error?.code == .certificate)
    }

    @Test(arguments: [
        (
            "407 Auth",
            "the proxy P wants a user name and password; write them into the variable: http://USER:PASSWORD@HOST:PORT"
        ),
        (
            "403 Forbidden by policy",
            "the proxy P does not connect to registry.test:443: it answered 403 (Forbidden by policy)"
        ),
    ])
    func refusedTunnels(answer: String, reason: String) throws {
        let proxy = try TunnelProxy(to: 1, refusal: answer)
        let reference = Reference(registry: "registry.test", repository: "app", tag: "1", digest: nil)
        let error = #expect(throws: RegistryError.self) {
            try client(ProxySettings(https: proxy.url)).resolve(reference)
        }
        let words = reason.split(separator: "the proxy P").joined()
        #expect(error?.description == "cannot resolve registry.test/app:1: the proxy \(proxy.url)\(words)")
    }

    @Test func aProxyThatIsNotThere() throws {
        let reference = Reference(registry: "registry.test", repository: "app", tag: "1", digest: nil)
        let error = #expect(throws: RegistryError.self) {
            try client(ProxySettings(https: "http://me:hunter2@127.0.0.1:1")).resolve(reference)
        }
        #expect(
            error?.description
                == "cannot resolve registry.test/app:1: the proxy 127.0.0.1:1 cannot be reached (connection refused); "
                + "check its name and the network")
    }
}
