internal import Synchronization

/// Keeps the warnings among a build's events, for its result.
final class WarningLog: Sendable {
    private let texts = Mutex<[String]>([])

    /// In the order in which they came.
    var warnings: [String] { texts.withLock { $0 } }

    func note(_ event: BuildEvent) {
        if case .warning(let text) = event { texts.withLock { $0.append(text) } }
    }
}
