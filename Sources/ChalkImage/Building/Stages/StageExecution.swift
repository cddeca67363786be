internal import ChalkOCI
internal import ChalkPlan
internal import ChalkSystem
internal import Synchronization

/// Executes the stages that the target needs, those that do not need each other at the same time.
///
/// Each stage has a thread of its own, which waits where a step needs another stage; how many steps are executed at a
/// time is ``BuildOptions/jobs``. What comes out does not depend on the order.
final class StageExecution: Sendable {
    private let session: BuildSession
    private let graph: PlanGraph
    private let bases: [PlatformImage: BaseResolver.Base]
    private let context: BuildContext
    private let board: StageBoard
    private let done = Mutex<[FinishedStep]>([])
    /// What was used of earlier results, and made.
    let used = UsedRecords()

    init(
        _ graph: PlanGraph, session: BuildSession, bases: [PlatformImage: BaseResolver.Base],
        context: BuildContext
    ) {
        self.graph = graph
        self.session = session
        self.bases = bases
        self.context = context
        board = StageBoard(
            graph.neededStages, turns: session.shared.turns, cancellation: session.cancellation)
    }

    /// Builds every stage that the target needs and gives the target.
    func run() throws -> BuiltStage {
        let needed = graph.neededStages
        let total = needed.reduce(0) { $0 + graph.stages[$1].steps.count }
        session.report(.planned(steps: total))
        var numbers: [Int: Int] = [:]
        var next = 1
        for index in needed {
            numbers[index] = next
            next += graph.stages[index].steps.count
        }
        let others = WaitPoint()
        for (index, number) in numbers where index != graph.target {
            Thread.start { [self] in
                build(index, firstNumber: number, of: total)
                others.signal()
            }
        }
        build(graph.target, firstNumber: numbers[graph.target] ?? 1, of: total)
        for _ in 1..<needed.count { others.wait() }
        if let failure = board.failure { throw failure }
        return try board.wait(for: graph.target)
    }

    /// Every step that came to an end, in the order of the plan.
    var finished: [FinishedStep] { done.withLock { $0 }.sorted { $0.step.number < $1.step.number } }

    /// Steps that were executed.
    var executed: Int {
        finished.count { if case .built = $0.outcome { true } else { false } }
    }

    /// Steps whose earlier result was used.
    var cached: Int {
        finished.count { if case .cached = $0.outcome { true } else { false } }
    }

    private func build(_ index: Int, firstNumber: Int, of total: Int) {
        board.finish(index) {
            let stage = StageBuild(
                graph, index, session: session, bases: bases, context: context, board: board, used: used)
            let built = try stage.run(firstNumber: firstNumber, of: total) { step in
                done.withLock { $0.append(step) }
            }
            used.note(layers: built.layers)
            return built
        }
    }
}
