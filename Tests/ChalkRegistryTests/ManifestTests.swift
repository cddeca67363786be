import ChalkOCI
import ChalkSystem
import Testing

@testable import ChalkRegistry

@Suite struct ManifestTests {
    let clock = FakeClock()
    let document = Array(#"{"schemaVersion":2,"config":{},"layers":[]}"#.utf8)

    var client: RegistryClient { RegistryClient(options: .testing(clock)) }

    func reference(_ server: TestServer, tag: String? = "1", digest: Digest? = nil) -> Reference {
        Reference(registry: server.name, repository: "app", tag: tag, digest: digest)
    }

    @Test func resolveAsksOnlyHEAD() throws {
        let registry = try MemoryRegistry()
        registry.store(manifest: document)
        let found = try client.resolve(registry.reference())
        #expect(found == Descriptor(mediaType: .manifest, digest: .of(document), size: Int64(document.count)))
        #expect(registry.log == ["HEAD /v2/app/manifests/1"])
        #expect(
            registry.server.requests.first?.headers["Accept"]
                == "application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json, "
                + "application/vnd.docker.distribution.manifest.list.v2+json, "
                + "application/vnd.docker.distribution.manifest.v2+json")
    }

    @Test func latestIsTheDefault() throws {
        let registry = try MemoryRegistry()
        registry.store(manifest: document, tag: "latest")
        #expect(try client.resolve(registry.reference(tag: nil)).digest == .of(document))
    }

    @Test(arguments: [405, 501, 400, 200])
    func headThatSaysTooLittleIsFollowedByGet(status: Int) throws {
        let document = document
        let server = try TestServer { request, connection in
            if request.method == "HEAD" {
                return try connection.answer(status, [("Content-Length", "5")], [], for: "HEAD")
            }
            try connection.answer(
                200, [("Content-Type", MediaType.manifest.name + "; charset=utf-8")], document)
        }
        let found = try client.resolve(reference(server))
        #expect(found == Descriptor(mediaType: .manifest, digest: .of(document), size: Int64(document.count)))
        #expect(server.log == ["HEAD /v2/app/manifests/1", "GET /v2/app/manifests/1"])
    }

    @Test func missing() throws {
        let registry = try MemoryRegistry()
        let error = #expect(throws: RegistryError.self) { try client.manifest(registry.reference()) }
        #expect(error?.code == .notFound)
        #expect(
            error?.description
                == "cannot pull manifest \(registry.name)/app:1: the registry answered 404 (manifest unknown)"
        )
        #expect(throws: RegistryError.self) { try client.resolve(registry.reference()) }
    }

    @Test func pulledByTagAndByDigest() throws {
        let registry = try MemoryRegistry()
        registry.store(manifest: document)
        let byTag = try client.manifest(registry.reference())
        #expect(byTag.bytes == document)
        #expect(byTag.descriptor.mediaType == .manifest)
        let byDigest = try client.manifest(reference(registry.server, tag: nil, digest: .of(document)))
        #expect(byDigest.bytes == document)
        #expect(registry.log.last == "GET /v2/app/manifests/\(Digest.of(document))")
    }

    @Test func wrongBytesForADigest() throws {
        let document = document
        let server = try TestServer { request, connection in
            try connection.answer(
                200, [("Content-Type", MediaType.manifest.name)], document, for: request.method)
        }
        let wanted = Digest.of([1])
        let error = #expect(throws: RegistryError.self) {
            try client.manifest(reference(server, tag: nil, digest: wanted))
        }
        #expect(error?.code == .digestMismatch)
        #expect(
            error?.description
                == "cannot pull manifest \(server.name)/app@\(wanted): what came has digest \(Digest.of(document)) instead of \(wanted)"
        )
    }

    @Test func wrongBytesForTheRegistrysOwnDigest() throws {
        let document = document
        let server = try TestServer { request, connection in
            try connection.answer(
                200, [("Docker-Content-Digest", Digest.of([1]).description), ("Content-Encoding", "gzip")],
                document,
                for: request.method)
        }
        let error = #expect(throws: RegistryError.self) { try client.manifest(reference(server)) }
        #expect(error?.code == .digestMismatch)
        #expect(
            error?.description.hasSuffix("; it was sent with content-encoding gzip, which was not asked for")
                == true)
    }

    @Test func headWithAnotherDigestThanAskedFor() throws {
        let registry = try MemoryRegistry { _, connection in
            try connection.answer(
                200,
                [
                    ("Docker-Content-Digest", Digest.of([1]).description),
                    ("Content-Type", MediaType.manifest.name),
                    ("Content-Length", "5"),
                ], [], for: "HEAD")
            return .handled
        }
        let error = #expect(throws: RegistryError.self) {
            try client.resolve(reference(registry.server, tag: nil, digest: .of([2])))
        }
        #expect(error?.code == .digestMismatch)
    }

    @Test(arguments: [true, false]) func tooLarge(hasLength: Bool) throws {
        let server = try TestServer { _, connection in
            if hasLength {
                try connection.send("HTTP/1.1 200 OK\r\nContent-Length: 4194305\r\n\r\n")
                return connection.waitForEnd()
            }
            try connection.send("HTTP/1.1 200 OK\r\n\r\n")
            while true { try connection.send([UInt8](repeating: 0x20, count: 65_536)) }
        }
        let error = #expect(throws: RegistryError.self) { try client.manifest(reference(server)) }
        #expect(error?.code == .tooLarge)
        #expect(
            error?.description == "cannot pull manifest \(server.name)/app:1: it is larger than 4194304 bytes"
        )
    }

    @Test func twoTypesAtOnceAreRefused() throws {
        let text = Array(#"{"mediaType":"\#(MediaType.index.name)","manifests":[]}"#.utf8)
        let server = try TestServer { _, connection in
            try connection.answer(200, [("Content-Type", MediaType.manifest.name)], text)
        }
        let error = #expect(throws: RegistryError.self) { try client.manifest(reference(server)) }
        #expect(error?.code == .protocolViolation)
        #expect(
            error?.description
                == "cannot pull manifest \(server.name)/app:1: it is sent as \(MediaType.manifest.name) "
                + "but says that it is \(MediaType.index.name)")
    }

    @Test(arguments: [
        (#"{"mediaType":"application/vnd.oci.image.index.v1+json"}"#, "application/json", MediaType.index),
        (#"{"manifests":[]}"#, "text/plain", .index), (#"{"layers":[]}"#, "", .manifest),
        (#"{"layers":[]}"#, "application/vnd.docker.distribution.manifest.v2+json", .dockerManifest),
    ])
    func typeFromWhereverItIsSaid(text: String, header: String, type: MediaType) throws {
        let server = try TestServer { _, connection in
            try connection.answer(200, header.isEmpty ? [] : [("Content-Type", header)], Array(text.utf8))
        }
        #expect(try client.manifest(reference(server)).descriptor.mediaType == type)
    }

    @Test func pushByTagAndByDigest() throws {
        let registry = try MemoryRegistry()
        let client = client
        #expect(
            try client.push(manifest: document, mediaType: .manifest, to: registry.reference())
                == .of(document))
        try client.push(manifest: document, mediaType: .manifest, to: registry.reference(tag: nil))
        #expect(registry.log == ["PUT /v2/app/manifests/1", "PUT /v2/app/manifests/\(Digest.of(document))"])
        #expect(registry.with { $0.manifests["app:1"]?.bytes } == document)
        #expect(registry.server.requests.first?.headers["Content-Type"] == MediaType.manifest.name)
        #expect(registry.server.requests.first?.headers["Content-Length"] == "\(document.count)")
    }

    @Test func pushThatIsStoredAsSomethingElse() throws {
        let server = try TestServer { _, connection in
            try connection.answer(201, [("Docker-Content-Digest", Digest.of([1]).description)])
        }
        let error = #expect(throws: RegistryError.self) {
            try client.push(manifest: document, mediaType: .manifest, to: reference(server))
        }
        #expect(error?.code == .digestMismatch)
        #expect(
            error?.description
                == "cannot push manifest \(server.name)/app:1: the registry stored \(Digest.of([1])) instead of \(Digest.of(document))"
        )
    }

    @Test func pushUnderAnotherDigestIsRefusedHere() throws {
        let server = try TestServer { _, connection in try connection.answer(201) }
        let error = #expect(throws: RegistryError.self) {
            try client.push(
                manifest: document, mediaType: .manifest, to: reference(server, tag: nil, digest: .of([1])))
        }
        #expect(error?.code == .content)
        #expect(server.requests.isEmpty)
    }

    @Test func pushIsRetried() throws {
        let count = Counter()
        let registry = try MemoryRegistry { _, connection in
            switch count.next() {
            case 0: try connection.answer(503)
            case 1: return .workSilently
            default: return .proceed
            }
            return .handled
        }
        try client.push(manifest: document, mediaType: .manifest, to: registry.reference())
        #expect(registry.server.requests.count == 3)
        #expect(clock.sleeps.count == 2)
    }
}
