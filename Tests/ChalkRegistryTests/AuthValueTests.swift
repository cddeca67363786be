import ChalkOCI
import ChalkTestSupport
import Testing

@testable import ChalkRegistry

@Suite struct AuthValueTests {
    struct Case: Sendable, CustomStringConvertible {
        let values: [String]
        let expected: [AuthChallenge]
        var description: String { values.joined(separator: " | ") }
    }

    @Test(arguments: [
        Case(values: [], expected: []),
        Case(
            values: [
                #"Bearer realm="https://auth.io/token",service="r.io",scope="repository:a/b:pull,push""#
            ],
            expected: [
                AuthChallenge(
                    scheme: "bearer",
                    parameters: [
                        "realm": "https://auth.io/token", "service": "r.io",
                        "scope": "repository:a/b:pull,push",
                    ])
            ]),
        Case(
            values: [#"Basic realm="a \"quoted\" realm", charset="UTF-8", Bearer realm="x""#],
            expected: [
                AuthChallenge(
                    scheme: "basic", parameters: ["realm": #"a "quoted" realm"#, "charset": "UTF-8"]),
                AuthChallenge(scheme: "bearer", parameters: ["realm": "x"]),
            ]),
        Case(
            values: ["Negotiate", "BASIC Realm = x"],
            expected: [
                AuthChallenge(scheme: "negotiate", parameters: [:]),
                AuthChallenge(scheme: "basic", parameters: ["realm": "x"]),
            ]),
        Case(
            values: ["Bearer realm=https://a.io/t?x,service=s"],
            expected: [AuthChallenge(scheme: "bearer", parameters: ["realm": "https://a.io/t"])]),
        Case(
            values: [#"Bearer realm="never closed"#],
            expected: [
                AuthChallenge(scheme: "bearer", parameters: [:]),
                AuthChallenge(scheme: "realm", parameters: [:]),
            ]),
        Case(
            values: [#"Bearer realm="a",realm="b""#],
            expected: [AuthChallenge(scheme: "bearer", parameters: ["realm": "a"])]),
        Case(values: [",,, ,"], expected: []), Case(values: ["\"="], expected: []),
    ])
    func challenges(_ given: Case) {
        #expect(AuthChallenge.parse(given.values) == given.expected)
    }

    @Test func challengeNoiseEnds() {
        let seed = UInt64.random(in: .min ... .max)
        var random = SeededGenerator(seed: seed)
        let alphabet = Array("ab=\"\\, \t:/?".utf8)
        for _ in 0..<3_000 {
            let noise = (0..<Int.random(in: 0...40, using: &random)).map { _ in
                alphabet[Int.random(in: 0..<alphabet.count, using: &random)]
            }
            let count = AuthChallenge.parse([String(decoding: noise, as: UTF8.self)]).count
            #expect(count <= noise.count, "seed \(seed)")
        }
    }

    @Test(arguments: [
        ("repository:a/b:pull,push", "repository:a/b:pull,push"),
        ("repository:a/b:push,pull,pull", "repository:a/b:pull,push"),
        ("registry:catalog:*", "registry:catalog:*"),
        ("repository:host:5000/a:pull", "repository:host:5000/a:pull"),
    ])
    func scopes(text: String, expected: String) throws {
        #expect(try #require(TokenScope(text)).description == expected)
    }

    @Test(arguments: ["", "repository", "repository:a"])
    func noScopes(text: String) { #expect(TokenScope(text) == nil) }

    @Test(
        arguments: [
            (nil, ["repository:a:pull,push"]),
            ("repository:a:pull", ["repository:a:pull,push"]),
            ("repository:prefix/a:pull", ["repository:prefix/a:pull"]),
            ("registry:catalog:* repository:a:pull", ["registry:catalog:*", "repository:a:pull,push"]),
        ] as [(String?, [String])])
    func mergedScopes(challenge: String?, expected: [String]) {
        let merged = TokenScope.merged(challenge: challenge, wanted: [.push("a")])
        #expect(merged.map(\.description) == expected)
    }

    @Test func mountAsksForItsSourceToo() {
        let merged = TokenScope.merged(challenge: "repository:a:pull", wanted: [.push("a"), .pull("b")])
        #expect(merged.map(\.description) == ["repository:a:pull,push", "repository:b:pull"])
    }

    @Test(arguments: [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
        ("foobar", "Zm9vYmFy"), ("user:pässwörd", "dXNlcjpww6Rzc3fDtnJk"),
    ])
    func base64(text: String, expected: String) { #expect(Base64.encode(Array(text.utf8)) == expected) }

    @Test func credentialsDoNotShow() {
        let credential = Credential.basic(username: "me", password: "hunter2")
        #expect("\(credential)" == "a credential")
        #expect(String(reflecting: credential) == "a credential")
        #expect("\([credential])" == "[a credential]")
    }
}
