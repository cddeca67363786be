internal import ChalkExec

/// How much of the machine each RUN step may use; all are named as Docker's flags. None is part of a cache key.
public struct RunLimits: Hashable, Sendable {
    /// One of the limits of `getrlimit(2)` for each process.
    public struct Resource: Hashable, Sendable {
        /// `nofile`, `nproc`, …
        public let name: String
        /// What a process may not exceed; -1 is no limit.
        public let soft: Int64
        /// What it may raise ``soft`` to; -1 is no limit.
        public let hard: Int64

        /// A limit from its parts.
        public init(name: String, soft: Int64, hard: Int64) {
            self.name = name
            self.soft = soft
            self.hard = hard
        }
    }

    /// Bytes of memory.
    public var memory: Int64?
    /// Bytes of memory and swap together; -1 is no limit.
    public var memoryAndSwap: Int64?
    /// Microseconds of processor time in each period.
    public var processorQuota: Int64?
    /// Microseconds; the kernel's own is 100 000.
    public var processorPeriod: Int64?
    /// Weight among others; the usual one is 1024.
    public var processorShares: Int64?
    /// Processors that may be used: `0-3,7`.
    public var processors: String?
    /// Memory nodes that may be used: `0-1`.
    public var memoryNodes: String?
    /// Bytes of /dev/shm; nil is 64 MiB.
    public var sharedMemory: Int64?
    /// Limits of each process.
    public var resources: [Resource] = []

    /// No limits.
    public init() {}

    var stepLimits: StepLimits {
        var limits = StepLimits()
        limits.memory = memory
        limits.memoryAndSwap = memoryAndSwap
        limits.processorQuota = processorQuota
        limits.processorPeriod = processorPeriod
        limits.processorShares = processorShares
        limits.processors = processors
        limits.memoryNodes = memoryNodes
        limits.sharedMemory = sharedMemory
        limits.resources = resources.map { .init(name: $0.name, soft: $0.soft, hard: $0.hard) }
        return limits
    }
}
