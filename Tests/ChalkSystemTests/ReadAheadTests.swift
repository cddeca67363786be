import ChalkTestSupport
import Testing

@testable import ChalkSystem

/// A source of counted pieces that ends with an error where one is given.
private final class Pieces: ByteSource {
    private var sizes: [Int]
    private let error: SystemError?
    private(set) var next: UInt8 = 0

    init(_ sizes: [Int], error: SystemError? = nil) {
        self.sizes = sizes.reversed()
        self.error = error
    }

    func read(into buffer: inout [UInt8]) throws -> Int {
        guard let size = sizes.popLast() else {
            if let error { throw error }
            return 0
        }
        let count = min(size, buffer.count)
        for index in 0..<count {
            buffer[index] = next
            next &+= 1
        }
        return count
    }
}

@Suite struct ReadAheadTests {
    @Test func givesTheBytesInOrder() throws {
        let seed: UInt64 = 11
        var random = SeededGenerator(seed: seed)
        for round in 0..<20 {
            let sizes = (0..<random.next() % 30).map { _ in 1 + Int(random.next() % 300_000) }
            let total = sizes.reduce(0) { $0 + min($1, 262_144) }
            let ahead = ReadAhead(Pieces(sizes))
            var bytes: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 1 + Int(random.next() % 400_000))
            while case let got = try ahead.read(into: &buffer), got > 0 { bytes += buffer[..<got] }
            #expect(bytes.count == total, "seed \(seed), round \(round)")
            #expect(bytes.indices.allSatisfy { bytes[$0] == UInt8(truncatingIfNeeded: $0) })
            #expect(try ahead.read(into: &buffer) == 0)
            ahead.stop()
            ahead.stop()
        }
    }

    @Test func givesWhatCameBeforeAnErrorAndThenTheError() throws {
        let ahead = ReadAhead(Pieces([10, 20], error: SystemError(code: 5, operation: "read")))
        var buffer = [UInt8](repeating: 0, count: 100)
        #expect(try ahead.read(into: &buffer) == 10)
        #expect(try ahead.read(into: &buffer) == 20)
        for _ in 0..<2 {
            let error = #expect(throws: SystemError.self) { try ahead.read(into: &buffer) }
            #expect(error?.code == 5)
        }
    }

    @Test func stopsWhileBytesAreWaiting() throws {
        let source = Pieces([Int](repeating: 262_144, count: 1_000))
        let ahead = ReadAhead(source)
        var buffer = [UInt8](repeating: 0, count: 5)
        #expect(try ahead.read(into: &buffer) == 5)
        ahead.stop()
        // No more than the four buffers and what was under way was read.
        var rest = [UInt8](repeating: 0, count: 1)
        #expect(try source.read(into: &rest) == 1)
    }
}
