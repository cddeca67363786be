import Testing

@testable import ChalkRegistry

@Suite struct HTTPHeadTests {
    @Test func requestIsSerialized() throws {
        let head = HTTPRequestHead(
            method: "GET", target: "/v2/?a=b",
            headers: HTTPHeaders([("Host", "localhost:5000"), ("Accept", "*/*")]))
        #expect(
            String(decoding: try head.serialized(), as: UTF8.self)
                == "GET /v2/?a=b HTTP/1.1\r\nHost: localhost:5000\r\nAccept: */*\r\n\r\n")
    }

    @Test(arguments: [
        ("GET", "/a b", "X", "1"), ("GET", "/a\r\nX: y", "X", "1"), ("GET", "a", "X", "1"),
        ("GE T", "/", "X", "1"), ("", "/", "X", "1"), ("GET", "/", "X Y", "1"), ("GET", "/", "", "1"),
        ("GET", "/", "X", "1\r\nInjected: 2"), ("GET", "/", "X", "1\0"), ("GET", "/é", "X", "1"),
    ])
    func requestThatWouldBreakItsLinesIsRefused(
        method: String, target: String, name: String, value: String
    ) {
        let head = HTTPRequestHead(method: method, target: target, headers: HTTPHeaders([(name, value)]))
        #expect(throws: Fault.self) { try head.serialized() }
    }

    @Test func responseIsParsed() throws {
        let text =
            "HTTP/1.1 404 Not Found\r\nContent-Type:  text/plain \r\nx-empty:\r\nSet-Cookie: a\r\nset-cookie: b\r\n\r\n"
        let head = try HTTPResponseHead(parsing: Array(text.utf8))
        #expect(head.status == 404)
        #expect(head.reason == "Not Found")
        #expect(head.minorVersion == 1)
        #expect(head.headers["content-type"] == "text/plain")
        #expect(head.headers["X-Empty"] == "")
        #expect(head.headers.all("Set-Cookie") == ["a", "b"])
        #expect(head.headers["Missing"] == nil)
    }

    @Test(arguments: [
        ("HTTP/1.1 200\r\n\r\n", ""), ("HTTP/1.0 200 OK\n\n", "OK"),
        ("HTTP/1.1 200 OK\r\nX: a\r\n  b\r\n\r\n", "OK"),
    ])
    func lenientForms(text: String, reason: String) throws {
        let head = try HTTPResponseHead(parsing: Array(text.utf8))
        #expect(head.status == 200)
        #expect(head.reason == reason)
        if text.contains("X:") { #expect(head.headers["X"] == "a b") }
    }

    @Test(arguments: [
        "", "\r\n", "HTTP/2 200 OK\r\n\r\n", "HTTP/1.1 20 OK\r\n\r\n", "HTTP/1.1 2000\r\n\r\n",
        "HTTP/1.1 099 No\r\n\r\n", "SSH-2.0-OpenSSH_9.2\r\n\r\n", "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        "HTTP/1.1 200 OK\r\n: empty\r\n\r\n", "HTTP/1.1 200 OK\r\nX : space\r\n\r\n",
        "HTTP/1.1 200 OK\r\n folded\r\n\r\n", "HTTP/1.1 200 OK\r\nX: a\u{0}b\r\n\r\n",
        "HTTP/1.1 200 OK\r\nX: a\rb\r\n\r\n",
    ])
    func nonsenseIsRefused(text: String) {
        #expect(throws: Fault.self) { try HTTPResponseHead(parsing: Array(text.utf8)) }
    }

    struct FramingCase: Sendable, CustomStringConvertible {
        let status: Int
        let method: String
        let fields: [(String, String)]
        let expected: BodyFraming?
        var description: String { "\(method) \(status) \(fields)" }
    }

    @Test(arguments: [
        FramingCase(status: 200, method: "GET", fields: [], expected: .untilClose),
        FramingCase(status: 200, method: "GET", fields: [("Content-Length", "5")], expected: .length(5)),
        FramingCase(status: 200, method: "GET", fields: [("Content-Length", "5, 5")], expected: .length(5)),
        FramingCase(
            status: 200, method: "GET", fields: [("Content-Length", "5"), ("content-length", "5")],
            expected: .length(5)),
        FramingCase(
            status: 200, method: "GET", fields: [("Content-Length", "5"), ("Content-Length", "6")],
            expected: nil),
        FramingCase(status: 200, method: "GET", fields: [("Content-Length", "-1")], expected: nil),
        FramingCase(status: 200, method: "GET", fields: [("Content-Length", "+1")], expected: nil),
        FramingCase(status: 200, method: "GET", fields: [("Content-Length", "1x")], expected: nil),
        FramingCase(
            status: 200, method: "GET", fields: [("Content-Length", "99999999999999999999")], expected: nil),
        FramingCase(
            status: 200, method: "GET", fields: [("Transfer-Encoding", "Chunked")], expected: .chunked),
        FramingCase(
            status: 200, method: "GET", fields: [("Transfer-Encoding", "chunked"), ("Content-Length", "5")],
            expected: .chunked),
        FramingCase(
            status: 200, method: "GET", fields: [("Transfer-Encoding", "gzip, chunked")], expected: nil),
        FramingCase(status: 200, method: "HEAD", fields: [("Content-Length", "5")], expected: .length(0)),
        FramingCase(status: 204, method: "PUT", fields: [], expected: .length(0)),
        FramingCase(status: 304, method: "GET", fields: [("Content-Length", "5")], expected: .length(0)),
    ])
    func framing(_ given: FramingCase) throws {
        var head = try HTTPResponseHead(parsing: Array("HTTP/1.1 \(given.status) X\r\n\r\n".utf8))
        head.headers = HTTPHeaders(given.fields)
        if let expected = given.expected {
            #expect(try head.framing(for: given.method) == expected)
        } else {
            #expect(throws: Fault.self) { try head.framing(for: given.method) }
        }
    }

    @Test(arguments: [
        ("HTTP/1.1 200 OK\r\n\r\n", true), ("HTTP/1.0 200 OK\r\n\r\n", false),
        ("HTTP/1.1 200 OK\r\nConnection: Close\r\n\r\n", false),
        ("HTTP/1.1 200 OK\r\nConnection: x, close\r\n\r\n", false),
        ("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n\r\n", true),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n", false),
    ])
    func keepAlive(text: String, expected: Bool) throws {
        #expect(try HTTPResponseHead(parsing: Array(text.utf8)).keepsConnection == expected)
    }

    @Test(arguments: [1, 2, 3, 7, 1_000])
    func headIsCollectedFromPieces(size: Int) throws {
        let text = "\r\nHTTP/1.1 200 OK\r\nA: b\r\n\r\nbody"
        var collector = HeadCollector()
        var rest = Array(text.utf8)[...]
        while !collector.isComplete {
            let taken = try collector.take(rest.prefix(size))
            rest = rest.dropFirst(taken)
        }
        #expect(String(decoding: collector.bytes, as: UTF8.self) == "HTTP/1.1 200 OK\r\nA: b\r\n\r\n")
        #expect(String(decoding: rest, as: UTF8.self) == "body")
    }

    @Test func headsAreBounded() throws {
        var collector = HeadCollector()
        let line = Array("X: \(String(repeating: "a", count: 1_000))\r\n".utf8)
        let fault = #expect(throws: Fault.self) {
            for _ in 0..<100 { _ = try collector.take(line[...]) }
        }
        #expect(fault?.code == .tooLarge)
        #expect(fault?.reason == "the head of its answer is larger than 65536 bytes")
    }

    @Test func settingAHeaderReplacesAll() {
        var headers = HTTPHeaders([("a", "1"), ("B", "2"), ("A", "3")])
        headers["A"] = "4"
        #expect(headers.all("a") == ["4"])
        headers["b"] = nil
        #expect(headers.fields.map(\.name) == ["A"])
    }
}
