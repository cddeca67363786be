import ChalkImage
import ChalkOCI
import Synchronization

/// A line for everything, for logs and pipes.
final class PlainProgress: ProgressRenderer {
    /// Each stream of each step has lines of its own.
    private struct Source: Hashable {
        let step: Int
        let stream: BuildEvent.OutputStream
    }

    /// What every line begins with.
    private let prefix: String
    private let splitters = Mutex<[Source: LineSplitter]>([:])
    /// When each blob that moves was last told of.
    private let told = Mutex<[Digest: ContinuousClock.Instant]>([:])
    /// How long a blob may move without a line.
    private static let patience = Duration.seconds(5)

    init(prefix: String = "") { self.prefix = prefix }

    func show(_ event: BuildEvent) {
        switch event {
        case .planned: break
        case .stepStarted(let step): say("\(StepWords.number(step)) \(step.title)")
        case .stepOutput(let step, let stream, let bytes):
            let source = Source(step: step.number, stream: stream)
            let lines = splitters.withLock { $0[source, default: LineSplitter()].take(bytes) }
            for line in lines { say("\(StepWords.number(step)) | \(StepWords.printable(line))") }
        case .stepFinished(let finished):
            let step = finished.step
            for stream in [BuildEvent.OutputStream.stdout, .stderr] {
                let last = splitters.withLock { $0[Source(step: step.number, stream: stream)]?.end() }
                if let last { say("\(StepWords.number(step)) | \(StepWords.printable(last))") }
            }
            say(
                "\(StepWords.number(step)) \(StepWords.outcome(finished.outcome, seconds: finished.seconds))")
        case .group(let group): say(StepWords.group(group))
        case .transfer(let transfer):
            if let words = StepWords.transfer(transfer) {
                say(words)
            } else if isDue(transfer.digest) {
                say(StepWords.movement(transfer))
            }
        case .transferred(let totals):
            if let words = StepWords.totals(totals) { say(words) }
        case .warning(let text): say("warning: \(text)")
        case .finished(_, let names, let seconds):
            say(
                "done in \(HumanSize.seconds(seconds))"
                    + (names.isEmpty ? "" : ": \(names.joined(separator: ", "))"))
        }
    }

    func finish() {}

    private func isDue(_ blob: Digest) -> Bool {
        let now = ContinuousClock.now
        return told.withLock { told in
            guard let last = told[blob] else {
                told[blob] = now
                return false
            }
            if now - last < PlainProgress.patience { return false }
            told[blob] = now
            return true
        }
    }

    private func say(_ line: String) {
        StandardStream.error.write(prefix + line + "\n")
    }
}
