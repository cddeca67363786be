import ChalkOCI
import ChalkSystem
import ChalkTestSupport
import Synchronization
import Testing

@testable import ChalkRegistry

/// Uploads that a later process goes on with.
@Suite struct ResumedUploadTests {
    /// Outlives a client, as a file would.
    final class Memory: UploadMemory, Sendable {
        private let kept = Mutex<String?>(nil)

        init(_ location: String? = nil) { kept.withLock { $0 = location } }

        var now: String? { kept.withLock { $0 } }
        func location() -> String? { now }
        func keep(_ location: String) { kept.withLock { $0 = location } }
        func forget() { kept.withLock { $0 = nil } }
    }

    static let bytes = noise(6 << 20)
    let bytes = ResumedUploadTests.bytes

    func client(attempts: Int = 3, chunk: Int64? = nil, _ cancellation: Cancellation = Cancellation())
        -> RegistryClient
    {
        var options = RegistryOptions.testing()
        options.retry = .exponential(attempts: attempts)
        options.uploadChunk = chunk
        return RegistryClient(options: options, cancellation: cancellation)
    }

    @discardableResult
    func push(_ client: RegistryClient, _ memory: Memory, to registry: MemoryRegistry) throws -> PushOutcome {
        let bytes = bytes
        return try client.push(
            blob: descriptor(bytes), from: BlobContent(whole: { MemorySource(bytes) }),
            to: registry.reference(), memory: memory)
    }

    @Test func aTornUploadGoesOnAtTheServersOffset() throws {
        let cuts = Counter()
        let registry = try MemoryRegistry { request, _ in
            request.method == "PATCH" && cuts.next() == 0 ? .cutAfter(4 << 20) : .proceed
        }
        let memory = Memory()
        #expect(throws: RegistryError.self) { try push(client(attempts: 0), memory, to: registry) }
        #expect(memory.now != nil)
        let later = client()
        #expect(try push(later, memory, to: registry) == .uploaded)
        #expect(registry.blob(.of(bytes)) == bytes)
        #expect(later.traffic.sent == 2 << 20)
        #expect(registry.with { $0.received } == Int64(bytes.count))
        #expect(memory.now == nil)
        #expect(later.traffic.requests == 3, "\(registry.log)")
    }

    @Test(arguments: [
        "http://HOST/v2/app/blobs/uploads/77", "http://HOST/nowhere", "no URL", "",
        "http://127.0.0.1:1/v2/app/blobs/uploads/1",
    ])
    func whatIsNotThereAnyMoreIsBegunAgain(location: String) throws {
        let registry = try MemoryRegistry()
        let memory = Memory(
            location.split(separator: "HOST", omittingEmptySubsequences: false).joined(
                separator: registry.name))
        #expect(try push(client(), memory, to: registry) == .uploaded)
        #expect(registry.blob(.of(bytes)) == bytes)
        #expect(memory.now == nil)
    }

    @Test func aRefusedBlobLeavesNothingToGoOnWith() throws {
        let registry = try MemoryRegistry()
        let memory = Memory()
        let other = noise(6 << 20, seed: 9)
        let error = #expect(throws: RegistryError.self) {
            try client().push(
                blob: descriptor(bytes), from: BlobContent(whole: { MemorySource(other) }),
                to: registry.reference(), memory: memory)
        }
        #expect(error?.code == .refused)
        #expect(memory.now == nil)
    }

    @Test func aPieceThatIsOnItsWayArrivesAfterACancellation() throws {
        let cancellation = Cancellation()
        let registry = try MemoryRegistry { request, _ in
            if request.method == "PATCH" { cancellation.cancel() }
            return .proceed
        }
        let memory = Memory()
        #expect(throws: Cancellation.Cancelled.self) {
            try push(client(chunk: 1 << 20, cancellation), memory, to: registry)
        }
        #expect(registry.with { $0.received } == 1 << 20)
        let later = client(chunk: 1 << 20)
        #expect(throws: Cancellation.Cancelled.self) { try cancellation.check() }
        #expect(try push(later, memory, to: registry) == .uploaded)
        #expect(later.traffic.sent == 5 << 20)
        #expect(registry.blob(.of(bytes)) == bytes)
    }

    @Test func aRegistryThatTakesNoPiecesGetsTheWhole() throws {
        let registry = try MemoryRegistry { request, connection in
            guard request.method == "PATCH", request.headers["Content-Range"] != nil else { return .proceed }
            try connection.answer(405)
            return .handled
        }
        #expect(try push(client(chunk: 2 << 20), Memory(), to: registry) == .uploaded)
        #expect(registry.blob(.of(bytes)) == bytes)
        #expect(registry.log.filter { $0.hasPrefix("PATCH") }.count == 2)
    }
}

@Suite struct ManifestLandingTests {
    let bytes = Array(#"{"schemaVersion":2,"config":{},"layers":[]}"#.utf8)

    func client() -> RegistryClient { RegistryClient(options: .testing()) }

    @Test func whatLandedUnheardIsNoFailure() throws {
        let registry = try MemoryRegistry { request, _ in request.method == "PUT" ? .workSilently : .proceed }
        #expect(
            try client().push(manifest: bytes, mediaType: .manifest, to: registry.reference()) == .of(bytes))
        #expect(registry.log.last == "HEAD /v2/app/manifests/1")
    }

    @Test func whatStandsThereIsNotSent() throws {
        let registry = try MemoryRegistry()
        let place = registry.reference()
        #expect(
            try client().push(manifest: bytes, mediaType: .manifest, unlessAt: place) == .uploaded)
        #expect(try client().push(manifest: bytes, mediaType: .manifest, unlessAt: place) == .existed)
        #expect(try client().push(manifest: bytes + [10], mediaType: .manifest, unlessAt: place) == .uploaded)
        #expect(
            registry.log.map { $0.prefix(4) } == ["HEAD", "PUT ", "HEAD", "HEAD", "PUT "])
    }

    @Test func onlyTheFailuresOfThePolicyAreTriedAgain() throws {
        var options = RegistryOptions.testing()
        options.retry = .exponential(retryOn: [.rateLimited])
        let statuses = Mutex([429, 429, 503])
        let registry = try MemoryRegistry { _, connection in
            try connection.answer(statuses.withLock { $0.removeFirst() })
            return .handled
        }
        let client = RegistryClient(options: options)
        let error = #expect(throws: RegistryError.self) {
            try client.blobExists(.of([1]), in: registry.reference())
        }
        #expect(error?.code == .server)
        #expect(client.traffic.retries == 2 && client.traffic.requests == 3)
        let number: RetryPolicy = 7
        #expect(number == .exponential(attempts: 7))
    }
}
