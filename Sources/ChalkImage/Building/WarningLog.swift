internal import Synchronization

/// Keeps the warnings among a build's events, for its result.
final class WarningLog: Sendable {
    private let texts = Mutex<[String]>([])

    /// In the order in which they came.
    var warnings: [String] { texts.withLock { $0 } }

    /// Takes an event; false for a warning that was given before: several stages may come across one thing.
    func note(_ event: BuildEvent) -> Bool {
        guard case .warning(let text) = event else { return true }
        return texts.withLock { texts in
            if texts.contains(text) { return false }
            texts.append(text)
            return true
        }
    }
}
