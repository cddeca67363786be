internal import CLinux
private import Synchronization

/// Threads for work that blocks, so that the cooperative pool (one thread per core) never does.
///
/// Threads are made on demand up to a limit and kept. A unit of work may submit more work but must not wait
/// for it on the same pool unless it uses ``concurrentMap(_:_:)``, whose caller works along.
package final class IOPool: Sendable {
    private struct Queue: Sendable {
        var jobs: [@Sendable () -> Void] = []
        var head = 0
        var threads = 0
        var idle = 0
    }

    private let queue = Mutex(Queue())
    private let wake = WaitPoint()
    private let limit: Int

    /// The pool of the process.
    package static let shared = IOPool(limit: 64)

    /// A pool of at most `limit` threads.
    package init(limit: Int) {
        self.limit = max(1, limit)
    }

    /// The number of processors that this process may use.
    package static var processorCount: Int {
        max(1, Int(linux_processor_count()))
    }

    /// Runs `job` on a thread of the pool, some time.
    package func submit(_ job: @escaping @Sendable () -> Void) {
        let startThread = queue.withLock { queue in
            queue.jobs.append(job)
            if queue.jobs.count - queue.head > queue.idle, queue.threads < limit {
                queue.threads += 1
                return true
            }
            return false
        }
        if startThread { Thread.start { [self] in serve() } }
        wake.signal()
    }

    /// Runs blocking `body` on the pool and suspends the calling task meanwhile.
    package func run<T: Sendable>(_ body: @escaping @Sendable () throws -> T) async throws -> T {
        try await withCheckedThrowingContinuation { continuation in
            submit { continuation.resume(with: Result { try body() }) }
        }
    }

    /// Maps items on up to `width` threads, the caller's among them; results keep the items' order, and the
    /// first error in that order is thrown after all have ended.
    package func concurrentMap<Item: Sendable, Result: Sendable>(
        _ items: [Item], width: Int, _ body: @escaping @Sendable (Item) throws -> Result
    ) throws -> [Result] {
        let state = Mutex<(next: Int, results: [Int: Swift.Result<Result, any Error>])>((0, [:]))
        let done = WaitPoint()
        let work: @Sendable () -> Void = {
            while let index = state.withLock({ state -> Int? in
                guard state.next < items.count else { return nil }
                state.next += 1
                return state.next - 1
            }) {
                let result = Swift.Result { try body(items[index]) }
                state.withLock { $0.results[index] = result }
                done.signal()
            }
        }
        for _ in 1..<max(1, min(width, items.count)) { submit(work) }
        work()
        for _ in items { done.wait() }
        let results = state.withLock { $0.results }
        return try items.indices.compactMap { try results[$0]?.get() }
    }

    private func serve() {
        while true {
            queue.withLock { $0.idle += 1 }
            wake.wait()
            let job = queue.withLock { queue -> (@Sendable () -> Void)? in
                queue.idle -= 1
                guard queue.head < queue.jobs.count else { return nil }
                let job = queue.jobs[queue.head]
                queue.head += 1
                if queue.head == queue.jobs.count {
                    queue.jobs.removeAll(keepingCapacity: true)
                    queue.head = 0
                }
                return job
            }
            job?()
        }
    }
}
