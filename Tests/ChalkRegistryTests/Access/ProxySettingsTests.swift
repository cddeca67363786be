import Testing

@testable import ChalkRegistry

/// Which proxy, if any: the table is what Go's `httpproxy` does.
@Suite struct ProxySettingsTests {
    @Test(
        arguments: [
            ("", "a.example:443", nil), ("*", "a.example:443", "*"), ("b.example", "a.example:443", nil),
            ("example", "a.example:443", "example"), ("xample", "a.example:443", nil),
            ("a.example", "a.example:443", "a.example"), (".example", "a.example:443", ".example"),
            (".a.example", "a.example:443", nil), ("*.example", "a.example:443", "*.example"),
            ("*.a.example", "a.example:443", nil), ("A.EXAMPLE", "a.example:443", "a.example"),
            (" b , a.example ", "a.example:443", "a.example"),
            ("a.example:443", "a.example:443", "a.example:443"),
            ("a.example:80", "a.example:443", nil), (".example:5000", "a.example:5000", ".example:5000"),
            ("a.example:x", "a.example:443", nil), (":443", "a.example:443", nil),
            ("10.0.0.0/8", "10.1.2.3:443", "10.0.0.0/8"), ("10.0.0.0/8", "11.1.2.3:443", nil),
            ("10.1.2.0/23", "10.1.3.9:443", "10.1.2.0/23"), ("10.1.2.0/23", "10.1.4.1:443", nil),
            ("0.0.0.0/0", "10.1.2.3:443", "0.0.0.0/0"), ("10.0.0.0/33", "10.1.2.3:443", nil),
            ("10.1.2.3", "10.1.2.3:443", "10.1.2.3"), ("10.1.2.3:80", "10.1.2.3:443", nil),
            ("10.1.2.3:443", "10.1.2.3:443", "10.1.2.3:443"), ("fd00::/8", "[fd00::1]:443", "fd00::/8"),
            ("fd00::1", "[fd00:0::1]:443", "fd00::1"), ("[fd00::1]:443", "[fd00::1]:443", "[fd00::1]:443"),
            ("10.0.0.0/8", "[fd00::1]:443", nil), ("2.3", "10.1.2.3:443", nil),
        ] as [(String, String, String?)])
    func exceptions(text: String, host: String, expected: String?) throws {
        let origin = try #require(Origin(authority: host, isSecure: true))
        #expect(ProxyExceptions(text).entry(for: origin) == expected)
    }

    @Test(arguments: ["localhost:5000", "127.0.0.1:5000", "127.9.9.9", "[::1]:5000", "[0:0:0:0:0:0:0:1]"])
    func loopbackIsNeverProxied(host: String) throws {
        let settings = ProxySettings(http: "http://p:1", https: "http://p:1")
        for isSecure in [true, false] {
            let origin = try #require(Origin(authority: host, isSecure: isSecure))
            #expect(try settings.route(to: origin) == .direct(because: "it is this machine"))
        }
    }

    @Test(arguments: [
        ("http://proxy.example:3128", "http://proxy.example:3128", nil),
        ("proxy.example:3128", "http://proxy.example:3128", nil),
        ("https://proxy.example", "https://proxy.example", nil),
        ("http://[fd00::1]:3128/", "http://[fd00::1]:3128", nil),
        ("http://me:p%40ss@proxy.example", "http://proxy.example", "Basic bWU6cEBzcw=="),
        ("http://me@proxy.example", "http://proxy.example", "Basic bWU6"),
    ])
    func proxies(text: String, origin: String, authorization: String?) throws {
        let target = try #require(Origin(authority: "a.example", isSecure: true))
        let proxy = try #require(try ProxySettings(https: text).route(to: target).proxy)
        #expect(proxy.description == origin)
        #expect(proxy.authorization == authorization)
        #expect(try ProxySettings(http: text).route(to: target) == .direct(because: nil))
    }

    @Test(arguments: [
        ("http://me:hunter2@", "HTTPS_PROXY is not the URL of a proxy"),
        ("socks5://me:hunter2@p:1", "HTTPS_PROXY names a proxy of a kind that is not known"),
    ])
    func wrongProxies(text: String, reason: String) throws {
        let target = try #require(Origin(authority: "a.example", isSecure: true))
        let fault = #expect(throws: Fault.self) { try ProxySettings(https: text).route(to: target) }
        #expect(fault?.reason == reason && fault?.remedy == "write http://HOST:PORT")
    }

    @Test func upperCaseCountsAndEmptyDoesNot() {
        let settings = ProxySettings(environment: [
            "HTTP_PROXY": "", "http_proxy": "http://low", "HTTPS_PROXY": "http://up",
            "https_proxy": "http://low",
            "no_proxy": "a",
        ])
        #expect(settings == ProxySettings(http: "http://low", https: "http://up", exceptions: "a"))
        #expect("\(ProxySettings(https: "http://me:hunter2@p"))" == "proxy settings")
    }
}
