internal import ChalkOCI
internal import Synchronization

/// Which records the steps of a build used or made.
final class UsedRecords: Sendable {
    /// One use.
    struct Use: Hashable, Sendable {
        /// The stage of the step.
        let stage: Int
        /// The record.
        let key: CacheKey
        /// Whether the step was executed.
        let isBuilt: Bool
    }

    private let uses = Mutex<[Use]>([])
    private let stacks = Mutex<Set<BuiltLayer>>([])

    /// Notes a use.
    func note(_ use: Use) { uses.withLock { $0.append(use) } }

    /// In the order in which they came, which is that of the steps within a stage.
    var all: [Use] { uses.withLock { $0 } }

    /// Notes the layers of a finished stage, those of its base among them.
    func note(layers: [BuiltLayer]) { stacks.withLock { $0.formUnion(layers) } }

    /// The layers of all stages.
    var layers: [BuiltLayer] { stacks.withLock { $0 }.sorted { $0.diffID < $1.diffID } }
}
