import ChalkOCI
import ChalkSystem
import Synchronization
import Testing

@testable import ChalkRegistry

/// Tokens that token services gave at a log-in, exchanged for others (OAuth 2).
@Suite struct IdentityTokenTests {
    struct Holder: CredentialProvider {
        var username = ""
        func credential(for registry: String, repository: String) -> Credential? {
            .identityToken(username: username, token: "ident+1")
        }
    }

    let document = Array(#"{"schemaVersion":2,"layers":[]}"#.utf8)

    func registry(_ service: TestServer) throws -> MemoryRegistry {
        let realm = "http://\(service.name)/token"
        let registry = try MemoryRegistry { request, connection in
            if request.headers["Authorization"] == "Bearer good" { return .proceed }
            try connection.answer(401, [("WWW-Authenticate", #"Bearer realm="\#(realm)",service="s s""#)])
            return .handled
        }
        registry.store(manifest: document)
        return registry
    }

    func client(_ username: String = "") -> RegistryClient {
        var options = RegistryOptions.testing()
        options.credentials = Holder(username: username)
        return RegistryClient(options: options)
    }

    @Test func exchange() throws {
        let bodies = Mutex<[String]>([])
        let service = try TestServer { _, connection in
            let body = String(decoding: try connection.body(), as: UTF8.self)
            bodies.withLock { $0.append(body) }
            try connection.answer(200, [], Array(#"{"access_token":"good","expires_in":300}"#.utf8))
        }
        let registry = try registry(service)
        #expect(try client().resolve(registry.reference()).digest == .of(document))
        #expect(service.log == ["POST /token"])
        #expect(service.requests.first?.headers["Content-Type"] == "application/x-www-form-urlencoded")
        #expect(service.requests.first?.headers["Authorization"] == nil)
        #expect(
            bodies.withLock { $0 } == [
                "grant_type=refresh_token&service=s%20s&client_id=chalk-image&scope=repository%3Aapp%3Apull&refresh_token=ident%2B1"
            ])
    }

    @Test(arguments: [(404, "", "Basic PHRva2VuPjppZGVudCsx"), (405, "me", "Basic bWU6aWRlbnQrMQ==")])
    func servicesThatKnowOnlyGET(status: Int, username: String, authorization: String) throws {
        let service = try TestServer { request, connection in
            if request.method == "POST" { return try connection.answer(status) }
            try connection.answer(200, [], Array(#"{"token":"good"}"#.utf8))
        }
        let registry = try registry(service)
        #expect(try client(username).resolve(registry.reference()).digest == .of(document))
        #expect(service.log == ["POST /token", "GET /token?service=s%20s&scope=repository%3Aapp%3Apull"])
        #expect(service.requests.last?.headers["Authorization"] == authorization)
    }

    @Test func refusalsDoNotRepeatTheToken() throws {
        let service = try TestServer { _, connection in
            try connection.answer(401, [], Array(#"{"error_description":"ident+1 has expired"}"#.utf8))
        }
        let registry = try registry(service)
        let error = #expect(throws: RegistryError.self) { try client().resolve(registry.reference()) }
        #expect(
            error?.description
                == "cannot resolve \(registry.name)/app:1: the token service \(service.name) answered 401; "
                + "log in with an account that may do this")
    }

    @Test func noRedirectTakesTheTokenAway() throws {
        let elsewhere = try TestServer { _, connection in try connection.answer(200) }
        let target = "http://\(elsewhere.name)/token"
        let service = try TestServer { _, connection in try connection.answer(307, [("Location", target)]) }
        let registry = try registry(service)
        let error = #expect(throws: RegistryError.self) { try client().resolve(registry.reference()) }
        #expect(
            error?.description.hasSuffix(
                "it redirects a credential to somebody else (http://\(elsewhere.name))")
                == true)
        #expect(elsewhere.log.isEmpty)
    }

    /// A registry that wants a password gets the token as one.
    @Test func basic() throws {
        let registry = try MemoryRegistry { request, connection in
            if request.headers["Authorization"] == "Basic bWU6aWRlbnQrMQ==" { return .proceed }
            try connection.answer(401, [("WWW-Authenticate", "Basic realm=x")])
            return .handled
        }
        registry.store(manifest: document)
        #expect(try client("me").resolve(registry.reference()).digest == .of(document))
    }

    @Test func passwordsAreNotRepeatedEither() {
        let authorization = "Basic bWU6aHVudGVyMg=="
        #expect(ErrorBody.repeats("password hunter2 is wrong", authorization))
        #expect(ErrorBody.repeats("bWU6aHVudGVyMg==", authorization))
        #expect(!ErrorBody.repeats("the password is wrong", authorization))
    }
}
