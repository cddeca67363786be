public import ChalkOCI

/// What came of one ``WarmSpec``.
public struct WarmedSpec: Hashable, Sendable {
    /// A step that had no earlier result.
    public struct Miss: Hashable, Sendable {
        /// The instruction, one line.
        public let title: String
        /// Why.
        public let reason: String
    }

    /// The spec's name.
    public let name: String
    /// Steps that may make a layer, of every stage that the image needs.
    public internal(set) var steps = 0
    /// Those of which an earlier result was used.
    public internal(set) var hits = 0
    /// Those that were executed; after a check, those that would be.
    public internal(set) var misses: [Miss] = []
    /// Results that were sent to caches; after a check, those that a cache lacks.
    public internal(set) var sent = 0
    /// Results that the caches had.
    public internal(set) var present = 0
    /// Bytes of blobs and manifests that were sent.
    public internal(set) var bytes: Int64 = 0
    /// How long it took.
    public internal(set) var seconds: Double = 0
    /// The image's manifest, in the store; nil after a check or failure.
    public internal(set) var manifest: Digest?
    /// Why it failed; nil when it did not.
    public internal(set) var failure: ChalkError?

    init(_ name: String) { self.name = name }

    /// Whether there was nothing to build and nothing to send.
    public var isWarm: Bool { failure == nil && misses.isEmpty && sent == 0 }
}

/// What came of many specs, in their order.
public struct WarmReport: Hashable, Sendable {
    /// Each spec.
    public let specs: [WarmedSpec]
    /// How long all of them took together.
    public let seconds: Double

    /// Those that failed.
    public var failed: [WarmedSpec] { specs.filter { $0.failure != nil } }
    /// Whether there was nothing to build and nothing to send for any.
    public var isWarm: Bool { specs.allSatisfy(\.isWarm) }
}

extension WarmReport {
    /// The document of `warm --json`.
    package var json: JSON {
        .object(present: [
            ("specs", .array(specs.map(\.json))), ("warm", .bool(isWarm)),
            ("failed", .integer(Int64(failed.count))), ("seconds", .seconds(seconds)),
        ])
    }
}

extension WarmedSpec {
    fileprivate var json: JSON {
        .object(present: [
            ("spec", .string(name)), ("steps", .integer(Int64(steps))), ("hits", .integer(Int64(hits))),
            ("built", .integer(Int64(misses.count))),
            (
                "misses",
                .array(
                    misses.map {
                        .object(present: [("step", .string($0.title)), ("reason", .string($0.reason))])
                    })
            ),
            ("sent", .integer(Int64(sent))), ("present", .integer(Int64(present))),
            ("pushedBytes", .integer(bytes)), ("seconds", .seconds(seconds)), ("warm", .bool(isWarm)),
            ("digest", manifest.map { .string($0.description) }),
            ("error", failure.map { .string($0.description) }),
        ])
    }
}
