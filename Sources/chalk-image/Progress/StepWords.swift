import ChalkImage
import ChalkOCI

/// How steps and outcomes are worded, in the plain and the live view alike.
enum StepWords {
    /// `[2/6]`, with the stage before it where there are several.
    static func number(_ step: StepReport) -> String {
        "[\(step.stage.map { "\($0) " } ?? "")\(step.number)/\(step.total)]"
    }

    /// `cached`, `built 12.3 MB in 3.2s: src/app.py changed`.
    static func outcome(_ outcome: StepOutcome, seconds: Double) -> String {
        switch outcome {
        case .cached: "cached"
        case .configured: "set"
        case .built(_, nil, _, let reason):
            "done in \(HumanSize.seconds(seconds)), no files changed: \(reason)"
        case .built(_, _, let size, let reason):
            "built \(HumanSize.bytes(size)) in \(HumanSize.seconds(seconds)): \(reason)"
        case .failed(let message, _): "failed after \(HumanSize.seconds(seconds)): \(message)"
        }
    }

    /// `pulled sha256:0123456789ab 12.3 MB`; nil while it moves.
    static func transfer(_ transfer: TransferReport) -> String? {
        guard transfer.skipped || transfer.done == transfer.total else { return nil }
        let verb =
            switch (transfer.direction, transfer.skipped) {
            case (.pull, false): "pulled"
            case (.pull, true): "have"
            case (.push, false): "pushed"
            case (.push, true): "is there"
            }
        return "\(verb) \(transfer.digest.short) \(HumanSize.bytes(transfer.total))"
    }

    /// Text from a step without what would move the cursor or colour the terminal.
    static func printable(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7F || $0 == "\t" }))
    }
}
