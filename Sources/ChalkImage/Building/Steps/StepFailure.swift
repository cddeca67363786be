internal import ChalkPlan
internal import ChalkSystem

/// A step that failed, as the view shows it and as the caller gets it.
struct StepFailure {
    /// What the view shows beside the step.
    let message: String
    /// The last lines that the step wrote.
    let log: [String]
    /// What the caller gets.
    let error: ChalkError

    init(_ error: any Error, step: Step) {
        let place = step.origin.map { "\($0): " } ?? ""
        if let exit = error as? CommandExit {
            message = exit.description
            log = exit.log
            self.error = ChalkError(
                .failed, "\(place)\(step.shortTitle) \(exit.description)\(exit.lastLines)")
        } else {
            let inner = ChalkError(wrapping: error)
            message = inner.description
            log = []
            self.error =
                inner.kind == .interrupted ? inner : ChalkError(inner.kind, "\(place)\(inner.description)")
        }
    }
}

/// A command that ran and did not end with status 0.
struct CommandExit: Error, CustomStringConvertible {
    /// Exit status, or nil when a signal ended it.
    let status: Int32?
    /// The signal.
    let signal: Int32?
    /// The last lines of what it wrote.
    let log: [String]
    /// How to go on, where that is known.
    let hint: String?

    var description: String {
        let what = status.map { "ended with exit code \($0)" } ?? "was ended by signal \(signal ?? 0)"
        return hint.map { "\(what); \($0)" } ?? what
    }

    /// The log, indented, below an error sentence.
    var lastLines: String {
        log.isEmpty ? "" : "; its last lines:\n" + log.map { "  | \($0)" }.joined(separator: "\n")
    }
}

extension Step {
    /// The title, cut for a sentence.
    var shortTitle: String {
        title.count <= 100 ? "\"\(title)\"" : "\"\(title.prefix(99))…\""
    }
}
