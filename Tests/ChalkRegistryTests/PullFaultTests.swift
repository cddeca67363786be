import ChalkOCI
import ChalkSystem
import Synchronization
import Testing

@testable import ChalkRegistry

@Suite struct PullFaultTests {
    let clock = FakeClock()

    func client(_ change: (inout RegistryOptions) -> Void = { _ in }) -> RegistryClient {
        var options = RegistryOptions.testing(clock)
        change(&options)
        return RegistryClient(options: options)
    }

    func pull(_ bytes: [UInt8], from server: TestServer, digest: Digest? = nil, client: RegistryClient? = nil)
        throws -> [UInt8]
    {
        let sink = MemorySink()
        let reference = Reference(registry: server.name, repository: "app", tag: "1", digest: nil)
        try (client ?? self.client()).blob(
            digest ?? .of(bytes), size: Int64(bytes.count), from: reference, into: sink)
        return sink.bytes
    }

    @Test func wholeBlobWithProgress() throws {
        let bytes = noise(600_000)
        let registry = try MemoryRegistry()
        let digest = registry.store(bytes)
        let sink = MemorySink()
        let seen = Mutex<[Int64]>([])
        try client().blob(digest, size: 600_000, from: registry.reference(), into: sink) { count in
            seen.withLock { $0.append(count) }
        }
        #expect(sink.bytes == bytes)
        let counts = seen.withLock { $0 }
        #expect(counts == counts.sorted() && counts.last == 600_000 && counts.count > 1)
    }

    @Test func chunkedAnswer() throws {
        let bytes = noise(100_000)
        let server = try TestServer { _, connection in
            try connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            for start in stride(from: 0, to: bytes.count, by: 30_000) {
                let chunk = bytes[start..<min(bytes.count, start + 30_000)]
                try connection.send(Array((String(chunk.count, radix: 16) + "\r\n").utf8) + chunk + [13, 10])
            }
            try connection.send("0\r\n\r\n")
        }
        let client = client()
        #expect(try pull(bytes, from: server, client: client) == bytes)
        #expect(try pull(bytes, from: server, client: client) == bytes)
        #expect(server.connectionCount == 1)
    }

    @Test func answerWithoutLengthEndsWithTheConnection() throws {
        let bytes = noise(10_000)
        let server = try TestServer { _, connection in
            try connection.send(Array("HTTP/1.0 200 OK\r\n\r\n".utf8) + bytes)
            connection.cut()
        }
        #expect(try pull(bytes, from: server) == bytes)
    }

    @Test func connectionsAreKept() throws {
        let bytes = noise(1_000)
        let registry = try MemoryRegistry()
        let digest = registry.store(bytes)
        let client = client()
        for _ in 0..<20 {
            try client.blob(digest, size: 1_000, from: registry.reference(), into: MemorySink())
        }
        #expect(registry.server.requests.count == 20)
        #expect(registry.server.connectionCount == 1)
    }

    @Test func keptConnectionThatWasClosedIsReplaced() throws {
        let bytes = noise(1_000)
        // Answers as if it kept the connection, then closes: whether the client sees that before it writes or
        // after, the caller notices nothing and no retry is spent.
        let server = try TestServer { _, connection in
            try connection.answer(200, [], bytes)
            connection.cut()
        }
        let client = client()
        for _ in 0..<10 { #expect(try pull(bytes, from: server, client: client) == bytes) }
        #expect(clock.sleeps.isEmpty)
    }

    @Test func cutConnectionIsResumedByRange() throws {
        let bytes = noise(300_000)
        let count = Counter()
        let registry = try MemoryRegistry { request, connection in
            guard count.next() < 2 else { return .proceed }
            let start = request.headers["Range"].flatMap { Int($0.dropFirst(6).dropLast()) } ?? 0
            let end = start + 100_000
            let head =
                start == 0
                ? "HTTP/1.1 200 OK\r\nContent-Length: 300000\r\n\r\n"
                : "HTTP/1.1 206 Partial\r\nContent-Range: bytes \(start)-299999/300000\r\nContent-Length: \(300_000 - start)\r\n\r\n"
            try connection.send(Array(head.utf8) + bytes[start..<end])
            connection.cut()
            return .handled
        }
        let digest = registry.store(bytes)
        let sink = MemorySink()
        try client().blob(digest, size: 300_000, from: registry.reference(), into: sink)
        #expect(sink.bytes == bytes)
        #expect(
            registry.server.requests.map { $0.headers["Range"] } == [nil, "bytes=100000-", "bytes=200000-"])
        #expect(clock.sleeps.count == 2)
    }

    @Test func registryWithoutRangesIsReadAgain() throws {
        let bytes = noise(200_000)
        let count = Counter()
        let server = try TestServer { _, connection in
            if count.next() == 0 {
                try connection.send(
                    Array("HTTP/1.1 200 OK\r\nContent-Length: 200000\r\n\r\n".utf8) + bytes[..<150_000])
                return connection.cut()
            }
            try connection.answer(200, [], bytes)
        }
        #expect(try pull(bytes, from: server) == bytes)
        #expect(server.requests.count == 2)
    }

    @Test func wrongRangeIsRefused() throws {
        let bytes = noise(1_000)
        let count = Counter()
        let server = try TestServer { _, connection in
            if count.next() == 0 {
                try connection.send(
                    Array("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n".utf8) + bytes[..<500])
                return connection.cut()
            }
            try connection.answer(206, [("Content-Range", "bytes 0-999/1000")], bytes)
        }
        let error = #expect(throws: RegistryError.self) { try pull(bytes, from: server) }
        #expect(
            error?.description
                == "cannot pull blob \(Digest.of(bytes)) from \(server.name)/app: it sends another range of bytes than was asked for"
        )
    }

    @Test func alwaysCutEndsWithAnError() throws {
        let bytes = noise(1_000)
        let server = try TestServer { _, connection in
            try connection.send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
            connection.cut()
        }
        let error = #expect(throws: RegistryError.self) { try pull(bytes, from: server) }
        #expect(error?.code == .network)
        #expect(
            error?.description
                == "cannot pull blob \(Digest.of(bytes)) from \(server.name)/app: "
                + "the connection was cut 1000 bytes before the end; try again")
        #expect(server.requests.count == 4)
        #expect(clock.sleeps.count == 3)
    }

    @Test(arguments: [
        ("Content-Length: 999", "it sends 999 bytes instead of 1000"),
        ("Content-Length: 1001", "it sends 1001 bytes instead of 1000"),
        ("Content-Length: x", "its answer has a content-length that is no number of bytes"),
        (
            "Content-Length: 700\r\nContent-Encoding: gzip",
            "it sends 700 bytes instead of 1000; it was sent with content-encoding gzip, which was not asked for"
        ),
        ("Transfer-Encoding: gzip, chunked", "its answer is in transfer coding gzip, chunked"),
    ])
    func lyingHeads(field: String, reason: String) throws {
        let bytes = noise(1_000)
        let server = try TestServer { _, connection in
            try connection.send(Array("HTTP/1.1 200 OK\r\n\(field)\r\n\r\n".utf8) + bytes)
            connection.cut()
        }
        let error = #expect(throws: RegistryError.self) { try pull(bytes, from: server) }
        #expect(error?.code == .protocolViolation)
        #expect(
            error?.description == "cannot pull blob \(Digest.of(bytes)) from \(server.name)/app: \(reason)")
    }

    @Test func moreBytesThanSaid() throws {
        let bytes = noise(1_000)
        let server = try TestServer { _, connection in
            try connection.send(
                Array("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n".utf8) + bytes + [1])
            try connection.send("\r\n0\r\n\r\n")
        }
        let error = #expect(throws: RegistryError.self) { try pull(bytes, from: server) }
        #expect(error?.code == .protocolViolation)
    }

    @Test func wrongDigest() throws {
        let wanted = Digest.of(noise(1_000, seed: 2))
        let bytes = noise(1_000)
        let server = try TestServer { _, connection in try connection.answer(200, [], bytes) }
        let error = #expect(throws: RegistryError.self) { try pull(bytes, from: server, digest: wanted) }
        #expect(error?.code == .digestMismatch)
        #expect(
            error?.description
                == "cannot pull blob \(wanted) from \(server.name)/app: what came has digest \(Digest.of(bytes)); "
                + "the registry's copy is damaged; push it again")
        #expect(server.requests.count == 1)
    }

    @Test func gzipLabelOnTheRightBytesIsNoFault() throws {
        let bytes = noise(1_000)
        let server = try TestServer { _, connection in
            try connection.answer(200, [("Content-Encoding", "gzip")], bytes)
        }
        #expect(try pull(bytes, from: server) == bytes)
        #expect(server.requests.first?.headers["Accept-Encoding"] == "identity")
    }

    @Test func retryAfterIsWaitedFor() throws {
        let bytes = noise(1_000)
        let count = Counter()
        let server = try TestServer { _, connection in
            switch count.next() {
            case 0: try connection.answer(429, [("Retry-After", "17")])
            case 1: try connection.answer(503, [("Retry-After", "Sun, 09 Sep 2001 01:47:17 GMT")])
            default: try connection.answer(200, [], bytes)
            }
        }
        #expect(try pull(bytes, from: server) == bytes)
        // The clock starts at 1000000000, which is 01:46:40; 17 seconds later, 20 are left.
        #expect(clock.sleeps == [.seconds(17), .seconds(20)])
    }

    @Test func tooLongARetryAfterIsAnError() throws {
        let server = try TestServer { _, connection in try connection.answer(429, [("Retry-After", "3600")]) }
        let error = #expect(throws: RegistryError.self) { try pull([1], from: server) }
        #expect(error?.code == .rateLimited)
        #expect(
            error?.description
                == "cannot pull blob \(Digest.of([1])) from \(server.name)/app: the registry answered 429; try again later"
        )
        #expect(clock.sleeps.isEmpty)
    }

    @Test(arguments: [500, 502, 503, 504, 429, 408])
    func passingStatusesAreRetried(status: Int) throws {
        let count = Counter()
        let server = try TestServer { _, connection in
            try connection.answer(count.next() < 3 ? status : 200, [], [7])
        }
        #expect(try pull([7], from: server) == [7])
        #expect(server.requests.count == 4)
    }

    @Test(arguments: [
        (400, RegistryError.Code.refused), (403, .denied), (404, .notFound), (410, .refused),
        (401, .unauthorized),
    ])
    func finalStatusesAreNot(status: Int, code: RegistryError.Code) throws {
        let body = Array("{\"errors\":[{\"code\":\"SOME_CODE\",\"message\":\"why\\u001b[2J\"}]}".utf8)
        let server = try TestServer { _, connection in try connection.answer(status, [], body) }
        let error = #expect(throws: RegistryError.self) { try pull([7], from: server) }
        #expect(error?.code == code)
        #expect(error?.description.contains("the registry answered \(status) (some code: why [2J)") == true)
        #expect(server.requests.count == 1)
    }

    @Test func endlessErrorBodyIsBounded() throws {
        let server = try TestServer { _, connection in
            try connection.send("HTTP/1.1 404 No\r\nContent-Type: text/plain\r\n\r\n")
            while true { try connection.send([UInt8](repeating: 0x61, count: 65_536)) }
        }
        let error = #expect(throws: RegistryError.self) { try pull([7], from: server) }
        #expect(error?.code == .notFound)
        #expect((error?.description.count ?? 0) < 500)
    }

    @Test func hugeHead() throws {
        let server = try TestServer { _, connection in
            try connection.send("HTTP/1.1 200 OK\r\n")
            while true { try connection.send("X: " + String(repeating: "a", count: 8_000) + "\r\n") }
        }
        let error = #expect(throws: RegistryError.self) { try pull([7], from: server) }
        #expect(error?.code == .tooLarge)
        #expect(error?.description.hasSuffix("the head of its answer is larger than 65536 bytes") == true)
    }

    @Test func silentServerTimesOut() throws {
        let server = try TestServer { _, connection in connection.waitForEnd() }
        let client = client {
            $0.timeouts.answer = .seconds(2)
            $0.retry = .linear(attempts: 1)
        }
        let error = #expect(throws: RegistryError.self) { try pull([7], from: server, client: client) }
        #expect(error?.code == .timedOut)
        #expect(
            error?.description
                == "cannot pull blob \(Digest.of([7])) from \(server.name)/app: nothing came for 2 seconds; try again"
        )
        #expect(server.requests.count == 2)
    }

    @Test func headThatDripsTimesOut() throws {
        let server = try TestServer { _, connection in
            // Each byte comes soon enough, the head as a whole does not.
            while true {
                try connection.send("H")
                try Pause.wait(.milliseconds(5), Cancellation())
            }
        }
        let client = client {
            $0.timeouts.answer = .milliseconds(500)
            $0.retry = .linear(attempts: 0)
        }
        let error = #expect(throws: RegistryError.self) { try pull([7], from: server, client: client) }
        #expect(error?.code == .timedOut)
    }

    @Test func silentBodyTimesOutAndIsResumed() throws {
        let bytes = noise(1_000)
        let count = Counter()
        let server = try TestServer { _, connection in
            if count.next() == 0 {
                try connection.send(
                    Array("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n".utf8) + bytes[..<400])
                return connection.waitForEnd()
            }
            try connection.answer(206, [("Content-Range", "bytes 400-999/1000")], Array(bytes[400...]))
        }
        let client = client { $0.timeouts.idle = .seconds(2) }
        #expect(try pull(bytes, from: server, client: client) == bytes)
    }

    @Test func notHTTP() throws {
        let server = try TestServer { _, connection in
            try connection.send("SSH-2.0-OpenSSH_9.2\r\n\r\n")
            connection.waitForEnd()
        }
        let error = #expect(throws: RegistryError.self) { try pull([7], from: server) }
        #expect(error?.code == .protocolViolation)
        #expect(error?.description.hasSuffix("its answer does not start like HTTP/1.1") == true)
    }

    @Test func nobodyListens() throws {
        let port = try TestServer { _, _ in }.port
        let reference = Reference(registry: "127.0.0.1:\(port)", repository: "app", tag: "1", digest: nil)
        let error = #expect(throws: RegistryError.self) { try client().resolve(reference) }
        #expect(error?.code == .network)
        #expect(
            error?.description
                == "cannot resolve 127.0.0.1:\(port)/app:1: 127.0.0.1:\(port) cannot be reached (connection refused); "
                + "check its name and the network")
        #expect(clock.sleeps.isEmpty)
    }

    @Test func unknownHost() throws {
        let reference = Reference(registry: "no-such-host.invalid", repository: "app", tag: "1", digest: nil)
        let error = #expect(throws: RegistryError.self) { try client().resolve(reference) }
        #expect(error?.code == .network)
        #expect(
            error?.description.hasPrefix(
                "cannot resolve no-such-host.invalid/app:1: host no-such-host.invalid cannot be found (")
                == true)
    }

    @Test func sinkErrorsPassThrough() throws {
        struct Full: Error {}
        final class FullSink: ByteSink { func write(_ bytes: ArraySlice<UInt8>) throws { throw Full() } }
        let server = try TestServer { _, connection in try connection.answer(200, [], [7]) }
        let reference = Reference(registry: server.name, repository: "app", tag: "1", digest: nil)
        #expect(throws: Full.self) { try client().blob(.of([7]), size: 1, from: reference, into: FullSink()) }
    }

    @Test func cancellationWakesTheWaiter() throws {
        let cancellation = Cancellation()
        let server = try TestServer { _, connection in
            cancellation.cancel()
            connection.waitForEnd()
        }
        let client = RegistryClient(options: .testing(clock), cancellation: cancellation)
        let reference = Reference(registry: server.name, repository: "app", tag: "1", digest: nil)
        #expect(throws: Cancellation.Cancelled.self) { try client.resolve(reference) }
        #expect(throws: Cancellation.Cancelled.self) { try client.resolve(reference) }
        #expect(server.requests.count == 1)
    }

    @Test func cancellationInTheBody() throws {
        let cancellation = Cancellation()
        let server = try TestServer { _, connection in
            try connection.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc")
            connection.waitForEnd()
        }
        let client = RegistryClient(options: .testing(clock), cancellation: cancellation)
        let reference = Reference(registry: server.name, repository: "app", tag: "1", digest: nil)
        #expect(throws: Cancellation.Cancelled.self) {
            try client.blob(.of([7]), size: 10, from: reference, into: MemorySink()) { _ in
                Thread.start { cancellation.cancel() }
            }
        }
    }

    @Test func cancellationEndsARetrysWait() throws {
        let cancellation = Cancellation()
        let server = try TestServer { _, connection in
            try connection.answer(429, [("Retry-After", "200")])
            cancellation.cancel()
        }
        let client = RegistryClient(cancellation: cancellation)
        let reference = Reference(registry: server.name, repository: "app", tag: "1", digest: nil)
        #expect(throws: Cancellation.Cancelled.self) { try client.resolve(reference) }
    }
}
