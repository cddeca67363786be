public import ChalkOCI

/// What happens while an image is built, in order.
public enum BuildEvent: Sendable {
    /// The plan is known: this many steps.
    case planned(steps: Int)
    /// A step is looked up or begun.
    case stepStarted(StepReport)
    /// A running step wrote something.
    case stepOutput(StepReport, OutputStream, [UInt8])
    /// A step is done, one way or another.
    case stepFinished(FinishedStep)
    /// The lazy files of a group are in the store.
    case group(GroupReport)
    /// Bytes moved between a registry and the store.
    case transfer(TransferReport)
    /// A push or pull is over.
    case transferred(TransferTotals)
    /// Something that people should know, one sentence.
    case warning(String)
    /// The image is in the store.
    case finished(manifest: Digest, names: [String], seconds: Double)

    /// Which of its two streams a step wrote to.
    public enum OutputStream: String, Hashable, Sendable {
        /// Standard output.
        case stdout
        /// Standard error.
        case stderr
    }
}

/// Which step an event is about.
public struct StepReport: Hashable, Sendable {
    /// From 1.
    public let number: Int
    /// Steps in all.
    public let total: Int
    /// `run`, `copy`, `add`, `workdir`, `config`.
    public let kind: String
    /// The instruction, one line.
    public let title: String
    /// The stage's name or number where there are several, else nil.
    public let stage: String?

    package init(number: Int, total: Int, kind: String, title: String, stage: String?) {
        self.number = number
        self.total = total
        self.kind = kind
        self.title = title
        self.stage = stage
    }
}

/// A step that is done.
public struct FinishedStep: Hashable, Sendable {
    /// Which.
    public let step: StepReport
    /// How it ended.
    public let outcome: StepOutcome
    /// How long it took.
    public let seconds: Double
    /// What its layer took; nil for a step that makes none, or failed.
    public let cost: StepCost?

    package init(step: StepReport, outcome: StepOutcome, seconds: Double, cost: StepCost? = nil) {
        self.step = step
        self.outcome = outcome
        self.seconds = seconds
        self.cost = cost
    }
}

/// How a step ended.
public enum StepOutcome: Hashable, Sendable {
    /// An earlier result was used.
    case cached(key: CacheKey, layer: Digest?)
    /// It was executed; `reason` says why no earlier result fitted, `size` is the layer's in bytes as stored.
    case built(key: CacheKey, layer: Digest?, size: Int64, reason: String)
    /// It changed the config only.
    case configured
    /// It failed; the last lines of its log.
    case failed(message: String, log: [String])
}

/// A transfer's progress.
public struct TransferReport: Hashable, Sendable {
    /// What is moved and where.
    public enum Direction: String, Hashable, Sendable {
        /// From a registry.
        case pull
        /// To a registry.
        case push
    }

    /// Where to.
    public let direction: Direction
    /// The blob.
    public let digest: Digest
    /// Bytes moved so far.
    public let done: Int64
    /// Bytes in all.
    public let total: Int64
    /// Whether the other side had it already.
    public let skipped: Bool
    /// Whether the registry took it from another of its repositories.
    public let mounted: Bool
    /// How fast it moves, or moved; nil before that can be said, and where nothing moves.
    public let bytesPerSecond: Int64?

    package init(
        direction: Direction, digest: Digest, done: Int64, total: Int64, skipped: Bool = false,
        mounted: Bool = false, bytesPerSecond: Int64? = nil
    ) {
        self.direction = direction
        self.digest = digest
        self.done = done
        self.total = total
        self.skipped = skipped
        self.mounted = mounted
        self.bytesPerSecond = bytesPerSecond
    }
}
