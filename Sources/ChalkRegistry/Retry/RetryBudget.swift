internal import ChalkSystem

/// The retries of one piece of work: counts them and waits between them.
struct RetryBudget {
    private let policy: RetryPolicy
    private let clock: any RegistryClock
    private let cancellation: Cancellation
    private var used = 0

    init(_ policy: RetryPolicy, _ clock: any RegistryClock, _ cancellation: Cancellation) {
        self.policy = policy
        self.clock = clock
        self.cancellation = cancellation
    }

    /// Waits before the next retry; throws the fault when there is none left, or when it would not help.
    mutating func wait(after fault: Fault) throws {
        guard fault.isTransient else { throw fault }
        try spend(on: fault)
    }

    /// The same for a fault after which a different request may help.
    mutating func spend(on fault: Fault) throws {
        used += 1
        var random = SystemRandomNumberGenerator()
        guard let wait = policy.wait(beforeRetry: used, retryAfter: fault.retryAfter, using: &random) else {
            throw fault
        }
        try clock.sleep(wait, cancellation)
    }

    /// The work has come a good way since: its next failure counts as the first.
    mutating func reset() { used = 0 }
}
