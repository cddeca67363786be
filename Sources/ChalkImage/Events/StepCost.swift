internal import ChalkArchive
internal import ChalkOCI

/// Where the time and the bytes of a step's layer went. Several threads work at once, so seconds may add up to more
/// than the step took.
public struct StepCost: Hashable, Sendable {
    /// Bytes, and the seconds that all threads together spent on them.
    public struct Share: Hashable, Sendable {
        /// Bytes.
        public var bytes: Int64 = 0
        /// Seconds.
        public var seconds: Double = 0
    }

    /// Content of files.
    public var read = Share()
    /// What digests and fingerprints were computed of.
    public var hashed = Share()
    /// Bytes of tar that were compressed.
    public var compressed = Share()
    /// Bytes taken from older layers as they are.
    public var copied = Share()
    /// Bytes of the new layer as stored, copied ones among them.
    public var written = Share()

    init() {}

    init(_ cost: LayerCost) {
        func share(_ share: LayerCost.Share) -> Share { Share(bytes: share.bytes, seconds: share.seconds) }
        read = share(cost.read)
        hashed = share(cost.hashed)
        compressed = share(cost.compressed)
        copied = share(cost.copied)
        written = share(cost.written)
    }
}

extension StepCost {
    /// An object with an object of `bytes` and `seconds` for each share.
    var json: JSON {
        let shares = [
            ("read", read), ("hashed", hashed), ("compressed", compressed), ("copied", copied),
            ("written", written),
        ]
        return .object(
            present: shares.map { name, share in
                (
                    name,
                    .object(present: [
                        ("bytes", .integer(share.bytes)), ("seconds", .seconds(share.seconds)),
                    ])
                )
            })
    }

    /// The cost that ``json`` was made of; what is missing is 0.
    init(json: JSON) {
        func share(_ name: String) -> Share {
            Share(bytes: json[name]?["bytes"]?.integer ?? 0, seconds: json[name]?["seconds"]?.seconds ?? 0)
        }
        read = share("read")
        hashed = share("hashed")
        compressed = share("compressed")
        copied = share("copied")
        written = share("written")
    }
}
