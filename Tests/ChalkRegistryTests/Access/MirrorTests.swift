import ChalkOCI
import ChalkSystem
import Testing

@testable import ChalkRegistry

/// Pulls through mirrors, registries being in this process.
@Suite struct MirrorTests {
    let document = Array(#"{"schemaVersion":2,"layers":[]}"#.utf8)

    func client(
        _ registry: MemoryRegistry, _ mirrors: [String],
        _ credentials: any CredentialProvider = AnonymousCredentials()
    ) -> RegistryClient {
        var options = RegistryOptions.testing()
        options.credentials = credentials
        options.rules = RegistryRules([
            .init(prefix: registry.name, mirrors: mirrors.map { .init(location: $0) })
        ])
        return RegistryClient(options: options)
    }

    @Test func aMirrorThatHasEverythingIsAskedAlone() throws {
        let (mirror, registry) = (try MemoryRegistry(), try MemoryRegistry())
        mirror.store(manifest: document)
        let bytes = noise(1_000)
        let digest = mirror.store(bytes)
        let client = client(registry, [mirror.name])
        #expect(try client.manifest(registry.reference()).bytes == document)
        #expect(try client.resolve(registry.reference()).digest == .of(document))
        let sink = MemorySink()
        try client.blob(digest, size: 1_000, from: registry.reference(), into: sink)
        #expect(sink.bytes == bytes && registry.log.isEmpty)
    }

    @Test func whatAMirrorHasNotComesFromTheNext() throws {
        let (empty, full, registry) = (try MemoryRegistry(), try MemoryRegistry(), try MemoryRegistry())
        full.store(manifest: document)
        let client = client(registry, [empty.name, full.name])
        #expect(try client.manifest(registry.reference()).bytes == document)
        #expect(empty.log == ["GET /v2/app/manifests/1"] && registry.log.isEmpty)
        let missing = #expect(throws: RegistryError.self) {
            try client.manifest(registry.reference(tag: "2"))
        }
        #expect(missing?.code == .notFound)
        #expect(
            missing?.description
                == "cannot pull manifest \(registry.name)/app:2: the registry answered 404 (manifest unknown) (and its mirrors before it: "
                + "\(empty.name): the registry answered 404 (manifest unknown); "
                + "\(full.name): the registry answered 404 (manifest unknown))")
    }

    /// A mirror that is down is asked once, and nothing is waited for.
    @Test func aMirrorThatIsDown() throws {
        let clock = FakeClock()
        let down = try MemoryRegistry { _, connection in
            try connection.answer(503)
            return .handled
        }
        let registry = try MemoryRegistry()
        registry.store(manifest: document)
        var options = RegistryOptions.testing(clock)
        options.rules = RegistryRules([
            .init(
                prefix: registry.name, mirrors: [.init(location: "127.0.0.1:1"), .init(location: down.name)])
        ])
        let client = RegistryClient(options: options)
        for _ in 0..<3 { #expect(try client.manifest(registry.reference()).bytes == document) }
        #expect(down.log.count == 1 && clock.sleeps.isEmpty)
    }

    /// A mirror that breaks off in the middle of a blob: the registry sends the rest.
    @Test func aBlobGoesOnElsewhere() throws {
        let bytes = noise(100_000)
        let mirror = try MemoryRegistry { request, connection in
            guard request.path.contains("/blobs/") else { return .proceed }
            try connection.send("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
            try connection.send(Array(bytes[..<60_000]))
            connection.cut()
            return .handled
        }
        let registry = try MemoryRegistry()
        let digest = registry.store(bytes)
        let sink = MemorySink()
        try client(registry, [mirror.name]).blob(
            digest, size: 100_000, from: registry.reference(), into: sink)
        #expect(sink.bytes == bytes)
        #expect(registry.server.requests.map { $0.headers["Range"] } == ["bytes=60000-"])
    }

    @Test func wrongBytesOfAMirrorAreRefused() throws {
        let wanted = noise(1_000, seed: 5)
        let mirror = try MemoryRegistry { request, connection in
            try connection.answer(200, [("Content-Type", MediaType.manifest.name)], noise(1_000, seed: 6))
            return .handled
        }
        let registry = try MemoryRegistry()
        registry.store(manifest: document)
        let digest = registry.store(wanted)
        let client = client(registry, [mirror.name])
        let exact = Reference(registry: registry.name, repository: "app", tag: nil, digest: .of(document))
        // A document is checked before it is believed, and the registry has the right one.
        #expect(try client.manifest(exact).bytes == document)
        let error = #expect(throws: RegistryError.self) {
            try client.blob(digest, size: 1_000, from: registry.reference(), into: MemorySink())
        }
        #expect(error?.code == .digestMismatch)
        #expect(client.hasMirrors(for: registry.reference()))
        let sink = MemorySink()
        try client.blob(digest, size: 1_000, from: registry.reference(), into: sink, usesMirrors: false)
        #expect(sink.bytes == wanted)
    }

    /// The mirror wants a password: it gets its own or none, never the registry's. Pushes go to the registry.
    @Test func credentialsStayAtHome() throws {
        let mirror = try MemoryRegistry { _, connection in
            try connection.answer(401, [("WWW-Authenticate", "Basic realm=x")])
            return .handled
        }
        let registry = try MemoryRegistry { request, connection in
            if request.headers["Authorization"] != nil { return .proceed }
            try connection.answer(401, [("WWW-Authenticate", "Basic realm=x")])
            return .handled
        }
        registry.store(manifest: document)
        var sources = CredentialSources()
        sources.accounts = [registry.name: .init(username: "me", password: "hunter2")]
        let client = client(registry, [mirror.name], StoredCredentials(sources))
        #expect(try client.manifest(registry.reference()).bytes == document)
        let bytes = noise(10)
        try client.push(blob: descriptor(bytes), content: { MemorySource(bytes) }, to: registry.reference())
        #expect(mirror.server.requests.count == 1)
        #expect(mirror.server.requests.allSatisfy { $0.headers["Authorization"] == nil })
    }

    @Test func whatIsBlockedIsNotAskedFor() throws {
        let registry = try MemoryRegistry()
        var options = RegistryOptions.testing()
        options.rules = RegistryRules([.init(prefix: "\(registry.name)/app", isBlocked: true)])
        let client = RegistryClient(options: options)
        let pull = #expect(throws: RegistryError.self) { try client.manifest(registry.reference()) }
        #expect(pull?.code == .refused)
        #expect(
            pull?.description
                == "cannot pull manifest \(registry.name)/app:1: \(registry.name)/app is blocked by a rule for registries"
        )
        #expect(throws: RegistryError.self) { try client.blobExists(.of([]), in: registry.reference()) }
        #expect(registry.log.isEmpty)
        #expect(try !client.blobExists(.of([]), in: registry.reference("other")))
    }
}
