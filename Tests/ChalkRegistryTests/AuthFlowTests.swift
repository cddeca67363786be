import ChalkOCI
import ChalkSystem
import Synchronization
import Testing

@testable import ChalkRegistry

/// A provider that knows one account and counts how often it was asked.
final class FixedCredentials: CredentialProvider {
    let asked = Mutex<[String]>([])

    func credential(for registry: String, repository: String) -> Credential? {
        asked.withLock { $0.append(registry) }
        return .basic(username: "me", password: "hunter2")
    }
}

@Suite struct AuthFlowTests {
    let clock = FakeClock()
    let document = Array(#"{"schemaVersion":2,"layers":[]}"#.utf8)

    /// A registry whose answers need a token of the service; `lifetime` is its `expires_in` member.
    func registry(_ service: TestServer, scope: String = "repository:app:pull") throws -> MemoryRegistry {
        let realm = "http://\(service.name)/token"
        return try MemoryRegistry { request, connection in
            if let value = request.headers["Authorization"], value.hasPrefix("Bearer good") {
                return .proceed
            }
            try connection.answer(
                401, [("WWW-Authenticate", #"Bearer realm="\#(realm)",service="tests",scope="\#(scope)""#)])
            return .handled
        }
    }

    func service(_ member: String = "") throws -> TestServer {
        let count = Counter()
        return try TestServer { _, connection in
            try connection.answer(200, [], Array(#"{"token":"good\#(count.next())"\#(member)}"#.utf8))
        }
    }

    func client(_ credentials: any CredentialProvider = AnonymousCredentials()) -> RegistryClient {
        var options = RegistryOptions.testing(clock)
        options.credentials = credentials
        return RegistryClient(options: options)
    }

    @Test func anonymousToken() throws {
        let service = try service()
        let registry = try registry(service)
        registry.store(manifest: document)
        let client = client()
        _ = try client.manifest(registry.reference())
        _ = try client.manifest(registry.reference())
        #expect(service.log == ["GET /token?service=tests&scope=repository%3Aapp%3Apull"])
        #expect(service.requests.first?.headers["Authorization"] == nil)
        #expect(
            registry.server.requests.map { $0.headers["Authorization"] } == [
                nil, "Bearer good0", "Bearer good0",
            ])
    }

    @Test(arguments: [("", 60), (#","expires_in":300"#, 300), (#","expires_in":1"#, 1)] as [(String, Int64)])
    func tokensAreRenewedWhenTheyExpire(member: String, lifetime: Int64) throws {
        let service = try service(member)
        let registry = try registry(service)
        registry.store(manifest: document)
        let client = client()
        _ = try client.resolve(registry.reference())
        clock.advance(.seconds(lifetime) / 2)
        _ = try client.resolve(registry.reference())
        #expect(service.requests.count == 1)
        clock.advance(.seconds(lifetime) / 2)
        _ = try client.resolve(registry.reference())
        #expect(service.requests.count == 2)
        // The renewal costs no refused request.
        #expect(registry.server.requests.count == 4)
    }

    @Test func tokenRefusedEarlyIsRenewedOnce() throws {
        let service = try service(#","expires_in":3600"#)
        let isStrict = Mutex(false)
        let realm = "http://\(service.name)/token"
        let registry = try MemoryRegistry { request, connection in
            let value = request.headers["Authorization"] ?? ""
            if value == "Bearer good1" || value == "Bearer good0" && !isStrict.withLock({ $0 }) {
                return .proceed
            }
            try connection.answer(401, [("WWW-Authenticate", #"Bearer realm="\#(realm)""#)])
            return .handled
        }
        registry.store(manifest: document)
        let client = client()
        _ = try client.resolve(registry.reference())
        isStrict.withLock { $0 = true }
        _ = try client.resolve(registry.reference())
        #expect(service.requests.count == 2)
    }

    @Test func tokenThatIsNeverGoodEnough() throws {
        let service = try service()
        let realm = "http://\(service.name)/token"
        let registry = try MemoryRegistry { _, connection in
            try connection.answer(
                401, [("WWW-Authenticate", #"Bearer realm="\#(realm)""#)],
                Array(#"{"errors":[{"code":"UNAUTHORIZED","message":"token good0 is bad"}]}"#.utf8))
            return .handled
        }
        let error = #expect(throws: RegistryError.self) { try client().manifest(registry.reference()) }
        #expect(error?.code == .unauthorized)
        // The registry's words repeat the token, so they are left out.
        #expect(
            error?.description
                == "cannot pull manifest \(registry.name)/app:1: the registry answered 401; log in with an account that may do this"
        )
        #expect(registry.server.requests.count == 2)
    }

    @Test func tokenServiceRefuses() throws {
        let service = try TestServer { _, connection in
            try connection.answer(401, [], Array(#"{"details":"incorrect username or password"}"#.utf8))
        }
        let registry = try registry(service)
        let error = #expect(throws: RegistryError.self) {
            try client(FixedCredentials()).resolve(registry.reference())
        }
        #expect(error?.code == .unauthorized)
        #expect(
            error?.description
                == "cannot resolve \(registry.name)/app:1: the token service \(service.name) answered 401 "
                + "(incorrect username or password); log in with an account that may do this")
    }

    @Test(arguments: [
        ("", "sent no token"), ("{}", "sent no token"), (#"{"token":""}"#, "sent no token"),
        (#"{"token":"a\r\nX: y"}"#, "sent no token"), (#"{"token":5}"#, "sent no token"),
    ])
    func tokenServiceTalksNonsense(body: String, reason: String) throws {
        let service = try TestServer { _, connection in try connection.answer(200, [], Array(body.utf8)) }
        let registry = try registry(service)
        let error = #expect(throws: RegistryError.self) { try client().resolve(registry.reference()) }
        #expect(error?.code == .protocolViolation)
        #expect(error?.description.hasSuffix("the token service \(service.name) \(reason)") == true)
    }

    @Test func accessTokenIsATokenToo() throws {
        let service = try TestServer { _, connection in
            try connection.answer(200, [], Array(#"{"access_token":"good","expires_in":60}"#.utf8))
        }
        let registry = try registry(service)
        registry.store(manifest: document)
        #expect(try client().resolve(registry.reference()).digest == .of(document))
    }

    @Test func tokenServiceIsRetried() throws {
        let count = Counter()
        let service = try TestServer { _, connection in
            if count.next() == 0 { return try connection.answer(503) }
            try connection.answer(200, [], Array(#"{"token":"good"}"#.utf8))
        }
        let registry = try registry(service)
        registry.store(manifest: document)
        #expect(try client().resolve(registry.reference()).digest == .of(document))
        #expect(clock.sleeps.count == 1)
    }

    @Test func credentialsGoToTheTokenService() throws {
        let credentials = FixedCredentials()
        let service = try service()
        let registry = try registry(service)
        registry.store(manifest: document)
        _ = try client(credentials).resolve(registry.reference())
        #expect(service.requests.first?.headers["Authorization"] == "Basic bWU6aHVudGVyMg==")
        #expect(credentials.asked.withLock { $0 } == [registry.name])
        #expect(registry.server.requests.map { $0.headers["Authorization"] } == [nil, "Bearer good0"])
    }

    @Test func pushAsksForItAllAtOnce() throws {
        let service = try service()
        let registry = try registry(service)
        let bytes = noise(1_000)
        let client = client()
        try client.push(blob: descriptor(bytes), content: { MemorySource(bytes) }, to: registry.reference())
        try client.push(manifest: document, mediaType: .manifest, to: registry.reference())
        #expect(service.log == ["GET /token?service=tests&scope=repository%3Aapp%3Apull%2Cpush"])
        #expect(
            registry.log == [
                "HEAD /v2/app/blobs/\(Digest.of(bytes))", "HEAD /v2/app/blobs/\(Digest.of(bytes))",
                "POST /v2/app/blobs/uploads/", "PUT /v2/app/blobs/uploads/1", "PUT /v2/app/manifests/1",
            ])
    }

    @Test func basic() throws {
        let registry = try MemoryRegistry { request, connection in
            if request.headers["Authorization"] == "Basic bWU6aHVudGVyMg==" { return .proceed }
            try connection.answer(401, [("WWW-Authenticate", #"Basic realm="tests""#)])
            return .handled
        }
        registry.store(manifest: document)
        #expect(try client(FixedCredentials()).resolve(registry.reference()).digest == .of(document))
        let error = #expect(throws: RegistryError.self) { try client().resolve(registry.reference()) }
        #expect(error?.code == .unauthorized)
        #expect(
            error?.description
                == "cannot resolve \(registry.name)/app:1: \(registry.name) wants a user name and password, "
                + "and none are known; log in to it first: chalk-image login \(registry.name)")
    }

    @Test(arguments: [
        ("Negotiate", "the registry asks for a kind of authentication that is not known here (negotiate)"),
        ("Bearer service=\"x\"", "the registry names no token service"),
        ("Bearer realm=\"/token\"", "the registry names no token service"),
    ])
    func challengesThatCannotBeAnswered(value: String, reason: String) throws {
        let server = try TestServer { _, connection in
            try connection.answer(401, [("WWW-Authenticate", value)])
        }
        let reference = Reference(registry: server.name, repository: "app", tag: "1", digest: nil)
        let error = #expect(throws: RegistryError.self) { try client().resolve(reference) }
        #expect(error?.description == "cannot resolve \(reference): \(reason)")
    }

    @Test func redirectToAnotherOriginLosesTheToken() throws {
        let bytes = noise(1_000)
        let storage = try TestServer { _, connection in try connection.answer(200, [], bytes) }
        let service = try service()
        let realm = "http://\(service.name)/token"
        let target = "http://\(storage.name)/bucket/blob?Signature=abc"
        let server = try TestServer { request, connection in
            guard request.headers["Authorization"] != nil else {
                return try connection.answer(401, [("WWW-Authenticate", #"Bearer realm="\#(realm)""#)])
            }
            try connection.answer(307, [("Location", target)])
        }
        let sink = MemorySink()
        let reference = Reference(registry: server.name, repository: "app", tag: "1", digest: nil)
        try client(FixedCredentials()).blob(.of(bytes), size: 1_000, from: reference, into: sink)
        #expect(sink.bytes == bytes)
        #expect(storage.log == ["GET /bucket/blob?Signature=abc"])
        #expect(storage.requests.first?.headers["Authorization"] == nil)
        #expect(storage.requests.first?.headers["Host"] == storage.name)
    }

    @Test func redirectOnTheSameOriginKeepsTheToken() throws {
        let server = try TestServer { request, connection in
            guard request.headers["Authorization"] != nil else {
                return try connection.answer(401, [("WWW-Authenticate", "Basic realm=x")])
            }
            if request.path.hasPrefix("/v2/") {
                return try connection.answer(302, [("Location", "/elsewhere")])
            }
            try connection.answer(200, [], [7])
        }
        let reference = Reference(registry: server.name, repository: "app", tag: "1", digest: nil)
        try client(FixedCredentials()).blob(.of([7]), size: 1, from: reference, into: MemorySink())
        #expect(server.requests.last?.headers["Authorization"] == "Basic bWU6aHVudGVyMg==")
    }

    @Test func storagesRefusalIsNotAnsweredWithCredentials() throws {
        let storage = try TestServer { _, connection in
            try connection.answer(401, [("WWW-Authenticate", "Basic realm=x")])
        }
        let target = "http://\(storage.name)/b"
        let server = try TestServer { _, connection in try connection.answer(307, [("Location", target)]) }
        let reference = Reference(registry: server.name, repository: "app", tag: "1", digest: nil)
        let credentials = FixedCredentials()
        let error = #expect(throws: RegistryError.self) {
            try client(credentials).blob(.of([7]), size: 1, from: reference, into: MemorySink())
        }
        #expect(error?.description.contains("\(storage.name) answered 401") == true)
        #expect(storage.requests.count == 1)
        #expect(credentials.asked.withLock { $0 }.isEmpty)
    }

    @Test func redirectsWithoutEnd() throws {
        let server = try TestServer { request, connection in
            try connection.answer(307, [("Location", request.target + "x")])
        }
        let reference = Reference(registry: server.name, repository: "app", tag: "1", digest: nil)
        let error = #expect(throws: RegistryError.self) {
            try client().blob(.of([7]), size: 1, from: reference, into: MemorySink())
        }
        #expect(error?.description.hasSuffix("it redirects more than 10 times") == true)
        #expect(server.requests.count == 11)
    }

    @Test func manyThreadsFetchOneToken() throws {
        let service = try service()
        let registry = try registry(service)
        registry.store(manifest: document)
        let client = client()
        let reference = registry.reference()
        let digests = try IOPool.shared.concurrentMap(Array(0..<16), width: 8) { _ in
            try client.resolve(reference).digest
        }
        #expect(digests == Array(repeating: .of(document), count: 16))
        #expect(service.requests.count == 1)
    }
}
