import ChalkImage
import ChalkOCI
import Synchronization

/// Shows the events of many builds: lines that begin with the spec's name, or objects that have it.
final class WarmProgress: Sendable {
    private let mode: ProgressMode
    private let renderers = Mutex<[String: any ProgressRenderer]>([:])

    init(_ text: String, _ wrong: (String) -> UsageError) throws {
        guard let mode = ProgressMode(rawValue: text), mode != .tty else {
            throw wrong("--progress is plain, json or quiet, not \"\(text)\"")
        }
        self.mode = mode
    }

    func show(_ event: BuildEvent, of spec: String) {
        if mode == .json {
            guard case .object(let members) = event.json else { return }
            let object = JSON.object(members + [JSON.Member("spec", .string(spec))])
            return StandardStream.error.write(object.compact() + "\n")
        }
        if mode == .quiet {
            if case .warning(let text) = event {
                StandardStream.error.write("warning: \(spec): \(text)\n")
            }
            return
        }
        let renderer = renderers.withLock { renderers in
            let known = renderers[spec] ?? PlainProgress(prefix: "\(StepWords.printable(spec)): ")
            renderers[spec] = known
            return known
        }
        renderer.show(event)
    }
}
