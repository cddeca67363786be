internal import ChalkSystem

/// What builds share that run side by side in one store: their turns, the steps that are being made, what records gave
/// them and what they know of caches. A build by itself has one of its own.
final class SharedWork: Sendable {
    let turns: StepTurns
    let claims = StepClaims()
    let taken = TakenLayers()
    let caches: CacheReader

    /// For builds of which `jobs` steps are executed at a time; nil is one for each processor.
    init(jobs: Int?, transfer: TransferOptions, cancellation: Cancellation) {
        turns = StepTurns(jobs ?? IOPool.processorCount)
        caches = CacheReader(transfer, cancellation: cancellation)
    }
}
