private import Synchronization

/// A flag that work looks at between pieces, and that can wake what waits.
package final class Cancellation: Sendable {
    /// Thrown by ``check()``.
    package struct Cancelled: Error, CustomStringConvertible {
        package var description: String { "the work was interrupted" }

        /// The error.
        package init() {}
    }

    private struct State {
        var isCancelled = false
        var next = 0
        var handlers: [Int: @Sendable () -> Void] = [:]
    }

    private let state = Mutex(State())

    /// A flag that is down.
    package init() {}

    /// Whether ``cancel()`` was called.
    package var isCancelled: Bool { state.withLock(\.isCancelled) }

    /// Raises the flag and calls every handler once; again is no error.
    package func cancel() {
        let handlers = state.withLock { state in
            state.isCancelled = true
            defer { state.handlers = [:] }
            return state.handlers.sorted { $0.key < $1.key }.map(\.value)
        }
        for handler in handlers { handler() }
    }

    /// Throws ``Cancelled`` once the flag is up.
    package func check() throws {
        if isCancelled { throw Cancelled() }
    }

    /// Runs `body`, calling `handler` from another thread if the flag goes up meanwhile (at once if it is up).
    package func withHandler<T>(_ handler: @escaping @Sendable () -> Void, _ body: () throws -> T) rethrows
        -> T
    {
        let token = state.withLock { state -> Int? in
            if state.isCancelled { return nil }
            state.next += 1
            state.handlers[state.next] = handler
            return state.next
        }
        if token == nil { handler() }
        defer {
            if let token { state.withLock { _ = $0.handlers.removeValue(forKey: token) } }
        }
        return try body()
    }
}
