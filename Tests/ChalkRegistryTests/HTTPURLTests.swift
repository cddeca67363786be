import Testing

@testable import ChalkRegistry

@Suite struct HTTPURLTests {
    @Test(arguments: [
        ("http://localhost:5000/v2/", "localhost:5000", "/v2/"), ("https://Example.COM", "example.com", "/"),
        ("HTTPS://example.com:443/a?b#c", "example.com", "/a?b"), ("http://h:443/", "h:443", "/"),
        ("https://[::1]:5000/x", "[::1]:5000", "/x"), ("https://h?q=1", "h", "/?q=1"),
        ("http://h/a b\"é", "h", "/a%20b%22%C3%A9"), ("http://under_score.h/", "under_score.h", "/"),
    ])
    func parses(text: String, authority: String, target: String) throws {
        let url = try #require(HTTPURL(text))
        #expect(url.origin.authority == authority)
        #expect(url.target == target)
    }

    @Test(arguments: [
        "", "/v2/", "ftp://h/", "http://", "http:///x", "https://user:pw@h/", "http://h:0/",
        "http://h:65536/",
        "http://h:/", "http://h:+80/", "http://h:8 0/", "http://h o/", "http://[::1/", "http://[::1]x/",
        "http://[xyz]/", "http://h/a\u{7}", "http://h/a\r\nX: y", "//h/x", "http://h\\evil/",
    ])
    func refuses(text: String) {
        #expect(HTTPURL(text) == nil)
    }

    @Test(arguments: [
        ("/v2/x?y=z", "http://h:1/v2/x?y=z"), ("https://other/p", "https://other/p"),
        ("//other/p", "http://other/p"), ("next", "http://h:1/a/b/next"), ("../c", "http://h:1/a/c"),
        ("../../../c/./d/..", "http://h:1/c/"), ("?q", "http://h:1/a/b/here?q"),
        ("", "http://h:1/a/b/here?old"),
        ("/x#frag", "http://h:1/x"), ("x?a=/../b", "http://h:1/a/b/x?a=/../b"), ("/a b", "http://h:1/a%20b"),
        ("/x?state=a%2Fb%3D", "http://h:1/x?state=a%2Fb%3D"),
    ])
    func resolves(location: String, expected: String) throws {
        let base = try #require(HTTPURL("http://h:1/a/b/here?old"))
        let url = try #require(base.resolving(location))
        #expect(url.origin.description + url.target == expected)
    }

    @Test(arguments: ["ftp://h/x", "javascript:alert(1)", "http://u@h/", "/a\nb"])
    func resolvesNothingElse(location: String) throws {
        #expect(try #require(HTTPURL("http://h/a")).resolving(location) == nil)
    }

    @Test(arguments: [
        ("http://h/u", "http://h/u?digest=sha256%3Aab&x=a%20b"),
        ("http://h/u?_state=z", "http://h/u?_state=z&digest=sha256%3Aab&x=a%20b"),
        ("http://h/u?", "http://h/u?digest=sha256%3Aab&x=a%20b"),
    ])
    func addsQuery(text: String, expected: String) throws {
        let url = try #require(HTTPURL(text)).adding(query: [("digest", "sha256:ab"), ("x", "a b")])
        #expect(url.origin.description + url.target == expected)
    }

    @Test func descriptionHidesTheQuery() throws {
        #expect(try #require(HTTPURL("https://s3/b?Signature=secret")).description == "https://s3/b")
    }

    @Test(arguments: [
        ("localhost", true), ("localhost:5000", true), ("127.0.0.1:5000", true), ("127.8.9.10", true),
        ("[::1]:5000", true), ("localhost.evil.org", false), ("127.0.0.1.evil.org", false),
        ("127.0.0", false),
        ("127.0.0.256", false), ("example.com", false), ("10.0.0.1:5000", false),
    ])
    func loopback(authority: String, expected: Bool) throws {
        #expect(try #require(Origin(authority: authority, isSecure: true)).isLoopback == expected)
    }

    @Test func redirectPolicy() throws {
        let policy = RedirectPolicy()
        let here = try #require(HTTPURL("https://r.io/v2/a"))
        func head(_ status: Int, _ location: String?) throws -> HTTPResponseHead {
            let field = location.map { "Location: \($0)\r\n" } ?? ""
            return try HTTPResponseHead(parsing: Array("HTTP/1.1 \(status) X\r\n\(field)\r\n".utf8))
        }
        for status in [301, 302, 303, 307, 308] {
            let step = try policy.step(after: try head(status, "/b"), to: "GET", at: here, followed: 0)
            #expect(
                step
                    == .init(
                        url: try #require(HTTPURL("https://r.io/v2/../b")?.resolving("/b")),
                        keepsCredentials: true))
        }
        for status in [200, 300, 304, 404] {
            #expect(try policy.step(after: try head(status, "/b"), to: "GET", at: here, followed: 0) == nil)
        }
        #expect(try policy.step(after: try head(307, nil), to: "GET", at: here, followed: 0) == nil)
        for other in ["https://s3.io/b", "https://r.io:444/b", "https://sub.r.io/b", "//s3.io/b"] {
            let step = try policy.step(after: try head(307, other), to: "PUT", at: here, followed: 9)
            #expect(step?.keepsCredentials == false)
        }
        let failures: [(String, String, Int, String)] = [
            ("http://r.io/b", "GET", 0, "it redirects from https to http (http://r.io)"),
            ("/b", "GET", 10, "it redirects more than 10 times"),
            ("ftp://x/", "GET", 0, "it redirects to something that is not an HTTP URL"),
        ]
        for (location, method, followed, reason) in failures {
            let fault = #expect(throws: Fault.self) {
                try policy.step(after: try head(307, location), to: method, at: here, followed: followed)
            }
            #expect(fault?.reason == reason)
        }
        let fault = #expect(throws: Fault.self) {
            try policy.step(after: try head(303, "/b"), to: "PUT", at: here, followed: 0)
        }
        #expect(fault?.reason == "it answers PUT with a redirect to another method (303)")
    }
}
