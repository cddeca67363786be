import ChalkSystem
import Synchronization
import Testing

struct ConcurrencyTests {
    @Test func resultsKeepTheirOrder() throws {
        let pool = IOPool(limit: 4)
        let squares = try pool.concurrentMap(Array(0..<200), width: 4) { $0 * $0 }
        #expect(squares == (0..<200).map { $0 * $0 })
    }

    @Test func theFirstErrorInOrderIsThrown() throws {
        struct Failure: Error, Equatable { let index: Int }
        let pool = IOPool(limit: 3)
        let error = #expect(throws: Failure.self) {
            try pool.concurrentMap(Array(0..<50), width: 3) { index in
                if index >= 20 { throw Failure(index: index) }
            }
        }
        #expect(error == Failure(index: 20))
    }

    @Test func blockedWorkDoesNotHoldUpOtherWork() throws {
        let pool = IOPool(limit: 8)
        let gate = WaitPoint()
        let arrived = WaitPoint()
        for _ in 0..<4 {
            pool.submit {
                arrived.signal()
                gate.wait()
            }
        }
        for _ in 0..<4 { arrived.wait() }
        #expect(try pool.concurrentMap([1, 2, 3], width: 2) { $0 + 1 } == [2, 3, 4])
        for _ in 0..<4 { gate.signal() }
    }

    @Test func asyncCallersGetResultsAndErrors() async throws {
        #expect(try await IOPool.shared.run { 42 } == 42)
        await #expect(throws: Cancellation.Cancelled.self) {
            try await IOPool.shared.run { throw Cancellation.Cancelled() }
        }
    }

    @Test func cancellationCallsHandlersOnce() throws {
        let cancellation = Cancellation()
        let calls = Mutex(0)
        cancellation.withHandler({ calls.withLock { $0 += 1 } }) {
            cancellation.cancel()
            cancellation.cancel()
        }
        cancellation.withHandler({ calls.withLock { $0 += 1 } }) {}
        #expect(calls.withLock { $0 } == 2)
        #expect(throws: Cancellation.Cancelled.self) { try cancellation.check() }
    }

    @Test func handlersThatLeftAreNotCalled() {
        let cancellation = Cancellation()
        let calls = Mutex(0)
        cancellation.withHandler({ calls.withLock { $0 += 1 } }) {}
        cancellation.cancel()
        #expect(calls.withLock { $0 } == 0)
    }

    @Test func sourcesDrainIntoSinks() throws {
        let sink = MemorySink()
        #expect(try MemorySource([1, 2, 3]).drain(into: sink) == 3)
        #expect(sink.bytes == [1, 2, 3])
        #expect(throws: SystemError.self) { try MemorySource([1, 2, 3]).readToEnd(limit: 2) }
    }
}
