import ChalkImage
import ChalkOCI
import ChalkSystem
import Glibc
import Synchronization

/// A view that is redrawn in place: one line for each finished step, the running ones with their elapsed time
/// and last lines below.
final class LiveProgress: ProgressRenderer {
    private struct Running {
        let step: StepReport
        let began: Double
        var splitter = LineSplitter()
        var tail: [String] = []
    }

    private struct State {
        var running: [Running] = []
        var transfers: [String: TransferReport] = [:]
        var drawn = 0
        var isFinished = false
    }

    private static let tailLength = 5
    private let state = Mutex(State())
    private let colour = ProcessEnvironment()["NO_COLOR"]?.isEmpty != false

    init() {
        Thread.start { [weak self] in
            while let self, !self.tick() { usleep(120_000) }
        }
    }

    func show(_ event: BuildEvent) {
        state.withLock { state in
            erase(&state)
            switch event {
            case .planned: break
            case .stepStarted(let step):
                state.running.append(Running(step: step, began: LiveProgress.now))
            case .stepOutput(let step, _, let bytes):
                if let index = state.running.firstIndex(where: { $0.step == step }) {
                    let lines = state.running[index].splitter.take(bytes).filter { !$0.isEmpty }
                    state.running[index].tail = Array(
                        (state.running[index].tail + lines).suffix(Self.tailLength))
                }
            case .stepFinished(let done):
                state.running.removeAll { $0.step == done.step }
                say(finished(done.step, done.outcome, done.seconds))
            case .group(let group):
                say(
                    paint(group.isCached ? "36" : "32", group.isCached ? "= " : "+ ") + StepWords.group(group)
                )
            case .transfer(let transfer):
                state.transfers[transfer.digest.hex] = transfer.isOver ? nil : transfer
                if let words = StepWords.transfer(transfer), !transfer.skipped { say("  \(words)") }
            case .transferred(let totals):
                if let words = StepWords.totals(totals) { say("  \(words)") }
            case .warning(let text): say(paint("33", "warning: ") + text)
            case .finished(_, let names, let seconds):
                say(
                    paint("1", "done in \(HumanSize.seconds(seconds))")
                        + (names.isEmpty ? "" : ": \(names.joined(separator: ", "))"))
            }
            draw(&state)
        }
    }

    func finish() {
        state.withLock { state in
            erase(&state)
            state.isFinished = true
        }
    }

    private func tick() -> Bool {
        state.withLock { state in
            if state.isFinished { return true }
            erase(&state)
            draw(&state)
            return false
        }
    }

    private func finished(_ step: StepReport, _ outcome: StepOutcome, _ seconds: Double) -> String {
        let mark: String
        switch outcome {
        case .failed(_, let log):
            let lines = log.map { "  | \(StepWords.printable($0))\n" }.joined()
            return paint("31", "x ") + line(step, StepWords.outcome(outcome, seconds: seconds)) + "\n" + lines
        case .cached: mark = paint("36", "= ")
        case .configured: mark = paint("36", "- ")
        case .built: mark = paint("32", "+ ")
        }
        return mark + line(step, StepWords.outcome(outcome, seconds: seconds))
    }

    private func line(_ step: StepReport, _ words: String) -> String {
        let head = "\(StepWords.number(step)) \(StepWords.printable(step.title))"
        return fit("\(head)  ", StandardStream.error.width - 4 - words.count) + words
    }

    private func draw(_ state: inout State) {
        let width = StandardStream.error.width - 1
        var lines: [String] = []
        for running in state.running {
            let elapsed = HumanSize.seconds(LiveProgress.now - running.began)
            lines.append(
                fit(
                    "* \(StepWords.number(running.step)) \(StepWords.printable(running.step.title))",
                    width - 8) + " \(elapsed)")
            lines += running.tail.map { fit("  | \(StepWords.printable($0))", width) }
        }
        for transfer in state.transfers.values.sorted(by: { $0.digest < $1.digest }) {
            lines.append(fit("  \(StepWords.movement(transfer))", width))
        }
        if lines.isEmpty { return }
        StandardStream.error.write(lines.joined(separator: "\n") + "\n")
        state.drawn = lines.count
    }

    private func erase(_ state: inout State) {
        if state.drawn > 0 { StandardStream.error.write("\u{1B}[\(state.drawn)A\u{1B}[J") }
        state.drawn = 0
    }

    private func say(_ line: String) {
        StandardStream.error.write(line.hasSuffix("\n") ? line : line + "\n")
    }

    private func paint(_ code: String, _ text: String) -> String {
        colour ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
    }

    private func fit(_ text: String, _ width: Int) -> String {
        text.count <= max(10, width) ? text : text.prefix(max(10, width) - 1) + "…"
    }

    private static var now: Double {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
