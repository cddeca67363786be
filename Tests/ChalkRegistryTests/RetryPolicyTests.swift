import ChalkTestSupport
import Testing

@testable import ChalkRegistry

@Suite struct RetryPolicyTests {
    @Test func exponentialGrowsToItsLimit() {
        var random = SystemRandomNumberGenerator()
        let policy = RetryPolicy.exponential(attempts: 8, jitter: false)
        let waits = (1...9).map { policy.wait(beforeRetry: $0, using: &random) }
        #expect(
            waits == [
                .seconds(1), .seconds(2), .seconds(4), .seconds(8), .seconds(16), .seconds(32), .seconds(60),
                .seconds(60), nil,
            ])
        #expect(policy.wait(beforeRetry: 0, using: &random) == nil)
    }

    @Test func linearStaysTheSame() {
        var random = SystemRandomNumberGenerator()
        let policy = RetryPolicy.linear(attempts: 2, delay: .milliseconds(500))
        #expect(
            (1...3).map { policy.wait(beforeRetry: $0, using: &random) } == [
                .milliseconds(500), .milliseconds(500), nil,
            ])
    }

    @Test func attemptsDoNotCountTheFirstCall() {
        #expect(RetryPolicy.exponential().attempts == 3)
        #expect(RetryPolicy.linear().attempts == 3)
        var random = SystemRandomNumberGenerator()
        #expect(RetryPolicy.linear(attempts: 0).wait(beforeRetry: 1, using: &random) == nil)
        #expect(RetryPolicy.linear(attempts: 1).wait(beforeRetry: 1, using: &random) == .seconds(1))
    }

    @Test func jitterStaysBetweenHalfAndAll() throws {
        let seed = UInt64.random(in: .min ... .max)
        var random = SeededGenerator(seed: seed)
        let policy = RetryPolicy.exponential(attempts: 3)
        var seen: Set<Duration> = []
        for _ in 0..<100 {
            let wait = try #require(policy.wait(beforeRetry: 3, using: &random))
            #expect(wait >= .seconds(2) && wait <= .seconds(4), "seed \(seed)")
            seen.insert(wait)
        }
        #expect(seen.count > 50, "seed \(seed)")
    }

    @Test func retryAfterIsNeverUndercut() {
        var random = SystemRandomNumberGenerator()
        let policy = RetryPolicy.exponential(jitter: false)
        #expect(policy.wait(beforeRetry: 1, retryAfter: .seconds(30), using: &random) == .seconds(30))
        #expect(policy.wait(beforeRetry: 3, retryAfter: .seconds(1), using: &random) == .seconds(4))
        #expect(policy.wait(beforeRetry: 1, retryAfter: .seconds(300), using: &random) == .seconds(300))
        #expect(policy.wait(beforeRetry: 1, retryAfter: .seconds(301), using: &random) == nil)
        #expect(policy.wait(beforeRetry: 4, retryAfter: .seconds(1), using: &random) == nil)
    }

    @Test(
        arguments: [
            ("120", 120), ("0", 0), ("99999999999999999999", 1_000_000_000),
            ("Sun, 06 Nov 1994 08:49:47 GMT", 10), ("Sun, 06 Nov 1994 08:49:27 GMT", 0),
            ("Mon, 07 Nov 1994 08:49:37 GMT", 86_400), ("", nil), ("-1", nil), ("1.5", nil), ("soon", nil),
            ("Sun, 06 Nov 1994 08:49:37", nil), ("Sun, 32 Nov 1994 08:49:37 GMT", nil),
            ("Sun, 06 Foo 1994 08:49:37 GMT", nil), ("Sun, 06 Nov 1994 24:49:37 GMT", nil),
        ] as [(String, Int64?)])
    func retryAfterValues(text: String, expected: Int64?) {
        // 784111777 is Sun, 06 Nov 1994 08:49:37 GMT.
        #expect(RetryAfter.parse(text, now: 784_111_777) == expected.map { .seconds($0) })
    }

    @Test(
        arguments: [
            ("Thu, 29 Feb 2024 12:00:00 GMT", 1_709_208_000), ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
            ("Fri, 01 Mar 2024 00:00:00 GMT", 1_709_251_200),
            ("Wed, 31 Dec 2025 23:59:59 GMT", 1_767_225_599),
        ] as [(String, Int64)])
    func dates(text: String, expected: Int64) {
        #expect(RetryAfter.parse(text, now: 0) == .seconds(expected))
    }
}

@Suite struct ErrorWordsTests {
    @Test(
        arguments: [
            (#"{"errors":[{"code":"MANIFEST_UNKNOWN","message":"manifest unknown"}]}"#, "manifest unknown"),
            (#"{"errors":[{"code":"DENIED"},{"message":"b"}]}"#, "denied; b"),
            (#"{"errors":[{"code":"A","message":"x\u001b[31m\r\ny\u202e"}]}"#, "a: x [31m y"),
            (#"{"details":"incorrect username or password"}"#, "incorrect username or password"),
            (#"{"error":"invalid_scope","error_description":"no such scope"}"#, "no such scope"),
            ("{}", nil), ("<html>", nil), ("", nil), (#"{"errors":"no"}"#, nil), ("[1]", nil),
        ] as [(String, String?)])
    func json(text: String, expected: String?) {
        #expect(ErrorBody.summary(Array(text.utf8), isText: false) == expected)
    }

    @Test func textIsTakenOnlyWhenItIsText() {
        let bytes = Array("Client sent an HTTP request to an HTTPS server.\n".utf8)
        #expect(ErrorBody.summary(bytes, isText: true) == "Client sent an HTTP request to an HTTPS server.")
        #expect(ErrorBody.summary(bytes, isText: false) == nil)
    }

    @Test func wordsAreBounded() {
        let long = String(repeating: "x", count: 5_000)
        #expect(PlainText.clean(long).count == 201)
        let many = (0..<50).map { _ in #"{"code":"C","message":"\#(long)"}"# }.joined(separator: ",")
        let summary = ErrorBody.summary(Array(#"{"errors":[\#(many)]}"#.utf8), isText: false)
        #expect((summary?.count ?? 0) < 700)
    }

    @Test func secretsAreFound() {
        #expect(ErrorBody.repeats("invalid token abcdef!", "Bearer abcdef"))
        #expect(!ErrorBody.repeats("invalid token", "Bearer abcdef"))
        #expect(!ErrorBody.repeats("abc", "Bearer abcdef"))
        #expect(!ErrorBody.repeats("anything", "x"))
    }

    @Test(arguments: [
        (401, RegistryError.Code.unauthorized, false), (403, .denied, false), (404, .notFound, false),
        (429, .rateLimited, true), (400, .refused, false), (413, .refused, false), (408, .server, true),
        (500, .server, true), (502, .server, true), (503, .server, true), (504, .server, true),
        (501, .server, false), (302, .protocolViolation, false),
    ])
    func statuses(status: Int, code: RegistryError.Code, isTransient: Bool) throws {
        let head = try HTTPResponseHead(parsing: Array("HTTP/1.1 \(status) X\r\nRetry-After: 7\r\n\r\n".utf8))
        let fault = Fault.answered(head, words: "w", by: "the registry", now: 0)
        #expect(fault.code == code)
        #expect(fault.isTransient == isTransient)
        #expect(fault.retryAfter == .seconds(7))
        #expect(fault.reason == "the registry answered \(status) (w)")
    }
}
