package import ChalkOCI

/// The form of `--progress=json`: one object a line, described in `docs/progress.md`.
extension BuildEvent {
    /// One object with the member `event`.
    package var json: JSON {
        switch self {
        case .planned(let steps):
            return .object(present: [("event", .string("planned")), ("steps", .integer(Int64(steps)))])
        case .stepStarted(let step):
            return .object(present: [("event", .string("step-started"))] + step.members)
        case .stepOutput(let step, let stream, let bytes):
            return .object(present: [
                ("event", .string("step-output")), ("step", .integer(Int64(step.number))),
                ("stream", .string(stream.rawValue)),
                ("text", .string(String(decoding: bytes, as: UTF8.self))),
            ])
        case .stepFinished(let finished):
            return .object(present: [("event", .string("step-finished"))] + finished.members)
        case .group(let group):
            return .object(present: [("event", .string("group"))] + group.members)
        case .transfer(let transfer):
            return .object(present: [
                ("event", .string("transfer")), ("direction", .string(transfer.direction.rawValue)),
                ("digest", .string(transfer.digest.description)), ("done", .integer(transfer.done)),
                ("total", .integer(transfer.total)), ("skipped", transfer.skipped ? .bool(true) : nil),
                ("mounted", transfer.mounted ? .bool(true) : nil),
                ("rate", transfer.bytesPerSecond.map { .integer($0) }),
            ])
        case .transferred(let totals):
            return .object(present: [("event", .string("transferred")), ("totals", totals.json)])
        case .warning(let text):
            return .object(present: [("event", .string("warning")), ("text", .string(text))])
        case .finished(let manifest, let names, let seconds):
            return .object(present: [
                ("event", .string("finished")), ("digest", .string(manifest.description)),
                ("names", .strings(names)), ("seconds", .seconds(seconds)),
            ])
        }
    }
}

extension StepReport {
    var members: [(String, JSON?)] {
        [
            ("step", .integer(Int64(number))), ("steps", .integer(Int64(total))), ("kind", .string(kind)),
            ("title", .string(title)), ("stage", stage.map { .string($0) }),
        ]
    }
}

extension FinishedStep {
    /// Which step, how it ended, and what it took.
    var members: [(String, JSON?)] {
        step.members + outcome.members + [("seconds", .seconds(seconds)), ("cost", cost?.json)]
    }
}

extension StepOutcome {
    var members: [(String, JSON?)] {
        switch self {
        case .cached(let key, let layer):
            [
                ("outcome", .string("cached")), ("key", .string(key.description)),
                ("layer", layer.map { .string($0.description) }),
            ]
        case .built(let key, let layer, let size, let reason):
            [
                ("outcome", .string("built")), ("key", .string(key.description)),
                ("layer", layer.map { .string($0.description) }), ("size", .integer(size)),
                ("reason", .string(reason)),
            ]
        case .configured:
            [("outcome", .string("configured"))]
        case .failed(let message, let log):
            [("outcome", .string("failed")), ("message", .string(message)), ("log", .strings(log))]
        }
    }
}

extension JSON {
    /// A number that need not be whole.
    var seconds: Double? {
        if case .number(let text) = self { return Double(text) }
        return integer.map { Double($0) }
    }

    /// Seconds with three decimals, without a locale.
    static func seconds(_ value: Double) -> JSON {
        let milliseconds = Int64((value * 1000).rounded())
        let rest = String(milliseconds % 1000)
        return .number("\(milliseconds / 1000).\(String(repeating: "0", count: 3 - rest.count))\(rest)")
    }
}
