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

    /// `group /app 0123456789ab: 12 files, 3.4 kB, built 1.2 kB in 0.1s: main.py changed`.
    static func group(_ report: GroupReport) -> String {
        let group = report.group
        let outcome =
            report.reason.map {
                "built \(HumanSize.bytes(group.layer.size)) in \(HumanSize.seconds(report.seconds)): \($0)"
            } ?? "cached"
        return "group \(printable(group.mountPath)) \(group.manifest.short): "
            + "\(content(group.files, group.bytes)), \(printable(outcome))"
    }

    /// `12 files, 3.4 kB`.
    static func content(_ files: Int, _ bytes: Int64) -> String {
        "\(files) file\(files == 1 ? "" : "s"), \(HumanSize.bytes(bytes))"
    }

    /// `pulled sha256:0123456789ab 12.3 MB (4.5 MB/s)`; nil while it moves.
    static func transfer(_ transfer: TransferReport) -> String? {
        guard transfer.isOver else { return nil }
        let verb =
            switch (transfer.direction, transfer.skipped) {
            case (.pull, false): "pulled"
            case (.pull, true): "have"
            case (.push, false): transfer.mounted ? "mounted" : "pushed"
            case (.push, true): "is there"
            }
        return "\(verb) \(transfer.digest.short) \(HumanSize.bytes(transfer.total))\(rate(transfer))"
    }

    /// `pull sha256:0123456789ab 1.2 MB / 12.3 MB, 9% (4.5 MB/s)`.
    static func movement(_ transfer: TransferReport) -> String {
        let share = transfer.total > 0 ? Int(Double(transfer.done) / Double(transfer.total) * 100) : 100
        return "\(transfer.direction.rawValue) \(transfer.digest.short) \(HumanSize.bytes(transfer.done)) / "
            + "\(HumanSize.bytes(transfer.total)), \(share)%\(rate(transfer))"
    }

    /// `sent 12.3 MB, skipped 1.2 MB, mounted 0 B in 12 requests, 1 of them again`; nil where nothing was asked.
    static func totals(_ totals: TransferTotals) -> String? {
        if totals.requests == 0 { return nil }
        let amounts = [
            ("sent", totals.bytesSent), ("received", totals.bytesReceived), ("skipped", totals.bytesSkipped),
            ("mounted", totals.bytesMounted),
        ].filter { $0.1 > 0 }.map { "\($0.0) \(HumanSize.bytes($0.1))" }
        let requests = "\(totals.requests) request\(totals.requests == 1 ? "" : "s")"
        return (amounts.isEmpty ? "" : amounts.joined(separator: ", ") + " in ") + requests
            + (totals.retries > 0 ? ", tried again \(totals.retries) times" : "")
    }

    private static func rate(_ transfer: TransferReport) -> String {
        transfer.bytesPerSecond.map { " (\(HumanSize.bytes($0))/s)" } ?? ""
    }

    /// Text from a step without what would move the cursor or colour the terminal.
    static func printable(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7F || $0 == "\t" }))
    }
}

extension TransferReport {
    /// Whether nothing more moves.
    var isOver: Bool { skipped || mounted || done == total }
}
