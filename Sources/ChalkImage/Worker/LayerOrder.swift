internal import ChalkArchive
internal import ChalkOCI

/// What the worker is asked for when a step's changes become a layer.
struct LayerOrder {
    let compression: LayerCompression
    let epoch: Timestamp
    let isRootless: Bool

    init(compression: LayerCompression, epoch: Timestamp, isRootless: Bool) {
        self.compression = compression
        self.epoch = epoch
        self.isRootless = isRootless
    }

    init(json: JSON) throws {
        guard let name = json["compression"]?.string, let level = json["level"]?.integer,
            let epoch = json["epoch"]?.integer, let isRootless = json["rootless"]?.bool
        else { throw ChalkError(.failed, "the worker was asked for a layer in words that it does not know") }
        compression =
            switch name {
            case "gzip": .gzip(level: Int(level))
            case "estargz": .estargz(level: Int(level))
            case "zstd": .zstd(level: Int(level))
            default: .none
            }
        self.epoch = Timestamp(epoch)
        self.isRootless = isRootless
    }

    var json: JSON {
        let (name, level) = compression.parts
        return .object(present: [
            ("compression", .string(name)), ("level", .integer(Int64(level))),
            ("epoch", .integer(epoch.seconds)),
            ("rootless", .bool(isRootless)),
        ])
    }
}

/// What the worker answers.
struct LayerAnswer {
    let diffID: DiffID
    let entryCount: Int
    let uncompressedSize: Int64
    /// Paths that no layer can hold and that were left out.
    let sockets: [String]
    /// What the layer took.
    let cost: StepCost
    /// What the layer's descriptor says besides.
    let annotations: [String: String]

    init(_ summary: LayerSummary, sockets: [String], cost: StepCost) {
        self.cost = cost
        diffID = summary.diffID
        entryCount = summary.entryCount
        uncompressedSize = summary.uncompressedSize
        self.sockets = sockets
        annotations = summary.estargz?.annotations ?? [:]
    }

    init(json: JSON) throws {
        guard let digest = json["diffID"]?.string.flatMap({ Digest($0) }),
            let count = json["entries"]?.integer,
            let size = json["size"]?.integer
        else { throw ChalkError(.failed, "the worker made a layer but did not say which") }
        diffID = DiffID(digest)
        entryCount = Int(count)
        uncompressedSize = size
        sockets = json["sockets"]?.strings ?? []
        cost = json["cost"].map { StepCost(json: $0) } ?? StepCost()
        annotations = json["annotations"]?.stringMap ?? [:]
    }

    var json: JSON {
        .object(present: [
            ("diffID", .string(diffID.description)), ("entries", .integer(Int64(entryCount))),
            ("size", .integer(uncompressedSize)), ("sockets", .strings(sockets)),
            ("cost", cost.json), ("annotations", annotations.isEmpty ? nil : .stringMap(annotations)),
        ])
    }
}

extension LayerCompression {
    /// Name and level, as `--compression` has them.
    var parts: (name: String, level: Int) {
        switch self {
        case .gzip(let level): ("gzip", level)
        case .estargz(let level): ("estargz", level)
        case .zstd(let level): ("zstd", level)
        case .none: ("none", 0)
        }
    }

    init(_ compression: BuildOptions.Compression) {
        self =
            switch compression {
            case .gzip(let level): .gzip(level: level)
            case .estargz(let level): .estargz(level: level)
            case .zstd(let level): .zstd(level: level)
            case .none: .none
            }
    }
}
