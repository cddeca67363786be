internal import ChalkOCI
internal import ChalkSystem
internal import Synchronization

/// Sees that no two threads make the same thing at the same time, in one build or in builds side by side: the second
/// waits and then finds what the first has made.
final class StepClaims: Sendable {
    /// What is being made, and the gates of those who wait for it.
    private let held = Mutex<[Digest: [WaitPoint]]>([:])

    /// Does something as the only one who does it under a name.
    ///
    /// - Parameter waiting: is handed the wait, where there is one, and makes it.
    func holding<T>(
        _ name: Digest, waiting: (() -> Void) -> Void = { $0() }, _ body: () throws -> T
    ) rethrows -> T {
        let gate = held.withLock { held -> WaitPoint? in
            guard held[name] != nil else {
                held[name] = []
                return nil
            }
            let gate = WaitPoint()
            held[name, default: []].append(gate)
            return gate
        }
        if let gate { waiting { gate.wait() } }
        defer { release(name) }
        return try body()
    }

    /// Hands the name to the first who waits.
    private func release(_ name: Digest) {
        let next = held.withLock { held -> WaitPoint? in
            guard var waiting = held[name], !waiting.isEmpty else {
                held[name] = nil
                return nil
            }
            let next = waiting.removeFirst()
            held[name] = waiting
            return next
        }
        next?.signal()
    }
}
