internal import ChalkSystem

/// The retries of one piece of work: counts them and waits between them.
struct RetryBudget {
    private let policy: RetryPolicy
    private let clock: any RegistryClock
    private let cancellation: Cancellation
    private let meter: TrafficMeter
    private var used = 0

    init(_ options: RegistryOptions, _ cancellation: Cancellation) {
        policy = options.retry
        clock = options.clock
        meter = options.meter
        self.cancellation = cancellation
    }

    /// Waits before the next retry; throws the fault when there is none left, or when it would not help.
    mutating func wait(after fault: Fault) throws {
        guard fault.isTransient else { throw fault }
        try spend(on: fault)
    }

    /// The same for a fault after which a different request may help.
    mutating func spend(on fault: Fault) throws {
        if fault.isTransient, !policy.retries(fault) { throw fault }
        used += 1
        var random = SystemRandomNumberGenerator()
        guard let wait = policy.wait(beforeRetry: used, retryAfter: fault.retryAfter, using: &random) else {
            throw fault
        }
        meter.addRetry()
        try clock.sleep(wait, cancellation)
    }

    /// The work has come a good way since: its next failure counts as the first.
    mutating func reset() { used = 0 }
}

extension RetryPolicy {
    /// Whether a failure that may pass is one of those that are tried again.
    func retries(_ fault: Fault) -> Bool {
        switch fault.code {
        case .rateLimited: retryOn.contains(.rateLimited)
        case .server: retryOn.contains(.server)
        case .timedOut: retryOn.contains(.timeout)
        default: retryOn.contains(.connection)
        }
    }
}
