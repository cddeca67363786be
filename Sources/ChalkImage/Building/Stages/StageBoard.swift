internal import ChalkSystem
internal import Synchronization

/// Where the stages of a build wait for each other, and for their turn.
final class StageBoard: Sendable {
    private struct State {
        var finished: [Int: BuiltStage] = [:]
        var failure: (any Error)?
    }

    private let state = Mutex(State())
    /// One for each stage; signalled once it is finished or will never be.
    private let gates: [Int: WaitPoint]
    private let turns: StepTurns
    private let cancellation: Cancellation

    /// A board for some stages.
    ///
    /// - Parameter cancellation: of this build alone; the first failure raises it.
    init(_ stages: [Int], turns: StepTurns, cancellation: Cancellation) {
        gates = Dictionary(uniqueKeysWithValues: stages.map { ($0, WaitPoint()) })
        self.turns = turns
        self.cancellation = cancellation
    }

    /// Builds a stage and tells those who wait for it.
    func finish(_ stage: Int, _ build: () throws -> BuiltStage) {
        do {
            let built = try build()
            state.withLock { $0.finished[stage] = built }
        } catch {
            fail(error)
        }
        gates[stage]?.signal()
    }

    /// Waits for a stage.
    ///
    /// - Throws: ``Cancellation/Cancelled`` where it failed or was given up.
    func wait(for stage: Int) throws -> BuiltStage {
        if let gate = gates[stage] {
            gate.wait()
            // For the next one who waits.
            gate.signal()
        }
        guard let built = state.withLock({ $0.finished[stage] }) else { throw Cancellation.Cancelled() }
        return built
    }

    /// Executes something when it is its turn.
    func inTurn<T>(_ body: () throws -> T) throws -> T {
        turns.take()
        defer { turns.give() }
        try cancellation.check()
        return try body()
    }

    /// Waits for something within a turn, which others have meanwhile.
    func outOfTurn(_ wait: () -> Void) {
        turns.give()
        wait()
        turns.take()
    }

    /// Notes an error; the first one ends all other stages.
    func fail(_ error: any Error) {
        state.withLock { state in
            if state.failure == nil { state.failure = error }
        }
        cancellation.cancel()
    }

    /// The first error.
    var failure: (any Error)? { state.withLock(\.failure) }
}
