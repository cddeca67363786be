import ChalkImage
import ChalkOCI

/// Shows a build's events on standard error.
protocol ProgressRenderer: Sendable {
    /// Takes one event, from any thread.
    func show(_ event: BuildEvent)
    /// Leaves the terminal as a shell expects it.
    func finish()
}

/// The values of `--progress`.
enum ProgressMode: String, CaseIterable {
    case auto, tty, plain, json, quiet

    /// The renderer for standard error as it is.
    func renderer() -> any ProgressRenderer {
        switch self {
        case .auto: StandardStream.error.isTerminal ? LiveProgress() : PlainProgress()
        case .tty: LiveProgress()
        case .plain: PlainProgress()
        case .json: JSONProgress()
        case .quiet: QuietProgress()
        }
    }
}

/// Nothing but warnings.
struct QuietProgress: ProgressRenderer {
    func show(_ event: BuildEvent) {
        if case .warning(let text) = event { StandardStream.error.write("warning: \(text)\n") }
    }

    func finish() {}
}

/// One JSON object a line: `docs/progress.md`.
struct JSONProgress: ProgressRenderer {
    func show(_ event: BuildEvent) {
        StandardStream.error.write(event.json.compact() + "\n")
    }

    func finish() {}
}
