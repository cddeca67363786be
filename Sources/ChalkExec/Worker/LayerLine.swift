internal import ChalkSystem
private import Synchronization

/// Layers that are unpacked in order, several at a time: hands them out and says how each ended.
final class LayerLine: Sendable {
    private struct State: Sendable {
        var next = 0
        var hasFailed = false
        var ends: [Result<Void, any Error>?]
    }

    /// None is begun after one has failed.
    private struct NotBegun: Error {}

    private let state: Mutex<State>
    private let gates: [WaitPoint]

    init(count: Int) {
        state = Mutex(State(ends: Array(repeating: nil, count: count)))
        gates = (0..<count).map { _ in WaitPoint() }
    }

    /// The lowest layer that nobody has begun; nil when there is none.
    func next() -> Int? {
        while true {
            let (index, isWanted) = state.withLock { state in
                defer { state.next += 1 }
                return (state.next, !state.hasFailed)
            }
            guard index < gates.count else { return nil }
            if isWanted { return index }
            end(index, .failure(NotBegun()))
        }
    }

    /// Says how a layer ended.
    func end(_ index: Int, _ result: Result<Void, any Error>) {
        state.withLock { state in
            state.ends[index] = result
            if case .failure = result { state.hasFailed = true }
        }
        gates[index].signal()
    }

    /// Waits for the end of a layer; throws what it ended with. The lowest layer's error is the true one.
    func wait(for index: Int) throws {
        gates[index].wait()
        gates[index].signal()
        try state.withLock { $0.ends[index] }?.get()
    }

    /// Waits until nobody works on any layer.
    func waitForAll() {
        for index in gates.indices { try? wait(for: index) }
    }
}
