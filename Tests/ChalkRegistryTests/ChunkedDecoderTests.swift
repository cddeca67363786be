import ChalkTestSupport
import Testing

@testable import ChalkRegistry

@Suite struct ChunkedDecoderTests {
    /// Decodes input that comes in pieces of at most `size` bytes; what follows the body is left over.
    static func decode(_ input: [UInt8], size: (Int) -> Int) throws -> (
        body: [UInt8], rest: [UInt8], done: Bool
    ) {
        var decoder = ChunkedDecoder()
        var body: [UInt8] = []
        var position = 0
        while position < input.count, !decoder.isDone {
            let end = min(input.count, position + max(1, size(position)))
            let piece = try decoder.next(input[position..<end])
            position += piece.framing
            body += input[position..<position + piece.payload]
            position += piece.payload
        }
        return (body, Array(input[position...]), decoder.isDone)
    }

    @Test(arguments: [
        ("0\r\n\r\n", ""), ("5\r\nhello\r\n0\r\n\r\n", "hello"),
        ("3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n", "abcde"), ("3;ext=\"x\"\r\nabc\r\n0;y\r\n\r\n", "abc"),
        ("0003  \r\nabc\r\n000\r\nTrailer: x\r\nOther: y\r\n\r\n", "abc"),
        ("a\nabcdefghij\n0\n\n", "abcdefghij"),
        ("A\r\n\r\n\r\n\r\n\r\n\r\n\r\n0\r\n\r\n", "\r\n\r\n\r\n\r\n\r\n"),
    ])
    func bodies(text: String, expected: String) throws {
        for size in [1, 2, 3, 5, 1_000] {
            let result = try Self.decode(Array((text + "NEXT").utf8)) { _ in size }
            #expect(String(decoding: result.body, as: UTF8.self) == expected)
            #expect(String(decoding: result.rest, as: UTF8.self) == "NEXT")
            #expect(result.done)
        }
    }

    @Test(arguments: [
        "\r\n", "x\r\n", "-1\r\n", "5", "5\r\nhel", "5\r\nhello", "5\r\nhello\r\n", "5\r\nhello\r\n0\r\n",
    ])
    func unfinishedOrBad(text: String) {
        let result = try? Self.decode(Array(text.utf8)) { _ in 1_000 }
        #expect(result?.done != true)
    }

    @Test(arguments: [
        ("\r\n", "a chunk of its answer has no size"), ("hello", "a chunk of its answer has no size"),
        ("ffffffffffffffff\r\n", "a chunk of its answer has a size that is too large"),
        ("5\r\nhelloX", "a chunk of its answer is longer than its size"),
        ("5\r\nhello\r\r\n", "a chunk of its answer is longer than its size"),
        ("5;" + String(repeating: "x", count: 5_000), "a chunk of its answer has a size line without an end"),
        (
            "0\r\n" + String(repeating: "a: b\r\n", count: 20_000),
            "the trailers of its answer are larger than 65536 bytes"
        ),
    ])
    func faults(text: String, reason: String) {
        let fault = #expect(throws: Fault.self) { try Self.decode(Array(text.utf8)) { _ in 1_000 } }
        #expect(fault?.reason == reason)
    }

    @Test func anyBodyInAnyPieces() throws {
        let seed = UInt64.random(in: .min ... .max)
        var random = SeededGenerator(seed: seed)
        for _ in 0..<200 {
            var wire: [UInt8] = []
            var body: [UInt8] = []
            for _ in 0..<Int.random(in: 0...8, using: &random) {
                let chunk = (0..<Int.random(in: 1...300, using: &random)).map { _ in
                    UInt8.random(in: 0...255, using: &random)
                }
                wire += Array((String(chunk.count, radix: 16) + "\r\n").utf8) + chunk + [0x0D, 0x0A]
                body += chunk
            }
            wire += Array("0\r\n\r\n".utf8)
            let sizes = (0..<16).map { _ in Int.random(in: 1...100, using: &random) }
            let result = try Self.decode(wire) { sizes[$0 % 16] }
            #expect(result.body == body, "seed \(seed)")
            #expect(result.done && result.rest.isEmpty, "seed \(seed)")
        }
    }

    @Test func noiseNeverCrashes() {
        let seed = UInt64.random(in: .min ... .max)
        var random = SeededGenerator(seed: seed)
        let alphabet = Array("0123afF;\r\n x".utf8)
        for _ in 0..<2_000 {
            let noise = (0..<Int.random(in: 0...60, using: &random)).map { _ in
                alphabet[Int.random(in: 0..<alphabet.count, using: &random)]
            }
            if let result = try? Self.decode(noise, size: { _ in 7 }) {
                #expect(result.body.count + result.rest.count <= noise.count, "seed \(seed)")
            }
        }
    }
}
