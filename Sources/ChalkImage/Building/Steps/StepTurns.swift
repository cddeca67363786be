internal import ChalkSystem

/// How many steps are executed at a time, in one build or in builds side by side.
final class StepTurns: Sendable {
    private let free = WaitPoint()

    /// So many turns, at least one.
    init(_ count: Int) {
        for _ in 0..<max(1, count) { free.signal() }
    }

    /// Waits for a turn.
    func take() { free.wait() }

    /// Ends a turn.
    func give() { free.signal() }
}
