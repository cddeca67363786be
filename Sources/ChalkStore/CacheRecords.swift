package import ChalkOCI
internal import ChalkSystem

/// What steps made, by cache key; files of JSON, one a record, below `chalk/records`.
///
/// Nothing here is needed for an image: a record that cannot be read is a miss with a warning.
package final class CacheRecords: Sendable {
    /// The answer to a question for a key.
    package enum Lookup: Hashable, Sendable {
        /// A record whose layer, if it has one, is in the store or can be fetched (``RemoteSources``).
        case hit(CacheRecord)
        case miss(Miss)
    }

    /// Why there is no answer.
    package enum Miss: Hashable, Sendable {
        /// Nobody put a record for this key.
        case unknown
        /// There is a file that is no good record; a sentence for people.
        case unreadable(String)
        /// The record is good, but its layer is not in the store, or not with that size; a sentence for
        /// people.
        case blobAbsent(CacheRecord, String)

        /// The sentence, where people should see one.
        package var warning: String? {
            switch self {
            case .unknown: nil
            case .unreadable(let text), .blobAbsent(_, let text): text
            }
        }
    }

    /// Seconds to which the last use of a record is known; a use within them writes nothing.
    static let fine: Int64 = 600
    /// Most bytes of a record: 4 MiB.
    static let limit = 4 << 20
    let directory: StoreDirectory
    private let history: RecordHistory

    init(_ directory: StoreDirectory) {
        self.directory = directory
        history = RecordHistory(directory)
    }

    /// Looks for a record and for its layer.
    ///
    /// - Parameter touching: whether this counts as use of the record; a plan says false and changes nothing.
    package func lookup(_ key: CacheKey, touching: Bool = true) -> Lookup {
        let record: CacheRecord
        do {
            guard let found = try read(key) else { return .miss(.unknown) }
            record = found
        } catch {
            return .miss(.unreadable("cache record \(key.digest.short) is ignored: \(error)"))
        }
        if let layer = record.layer, let what = fault(of: layer) {
            let warning = "cache record \(key.digest.short) is ignored: its layer \(layer.digest) \(what)"
            return .miss(.blobAbsent(record, warning))
        }
        if touching, directory.clock() - record.lastUsed >= Self.fine { touch(key) }
        return .hit(record)
    }

    /// What is wrong with the blob of a layer, as the end of a sentence; nil when it is there as it should
    /// be, or can be fetched.
    func fault(of layer: Descriptor) -> String? {
        do {
            guard let size = try directory.blobs.size(of: layer.digest) else {
                let source = RemoteSources(directory).get(layer.digest)
                return source?.size == layer.size ? nil : "is not in the store"
            }
            return size == layer.size ? nil : "has \(size) bytes instead of \(layer.size)"
        } catch {
            return "cannot be looked at: \(error)"
        }
    }

    /// Keeps a record, instead of an earlier one with its key. Put its blob first.
    ///
    /// - Throws: ``StoreError``, `.tooLarge` for one of more than 4 MiB.
    package func put(_ record: CacheRecord) throws {
        let bytes = record.encoded()
        guard bytes.count <= Self.limit else {
            throw StoreError(
                .tooLarge,
                "the cache record of \"\(record.title.prefix(60))\" would have \(bytes.count) bytes, more "
                    + "than \(Self.limit); make the instruction and its variables smaller")
        }
        try StoreError.explain("keep a cache record in the store \(directory.path)") {
            let shard = try directory.folder(.records).folder(Self.shard(of: record.key))
            let isNew = try shard.statusIfPresent(of: Self.name(of: record.key)) == nil
            try directory.put(bytes, as: Self.name(of: record.key), in: shard, .checkedWhenRead)
            try shard.changeTime(.init(seconds: directory.clock()), of: Self.name(of: record.key))
            if isNew { try history.append([record]) }
        }
    }

    /// The earlier record that is the most like a step: of the same kind, first one of the same title, then
    /// the one with the most equal inputs, then the latest.
    ///
    /// - Parameter besides: a key that is not meant.
    package func nearest(
        kind: String, title: String, inputs: [CacheRecord.Input], besides key: CacheKey? = nil
    ) -> CacheRecord? {
        let candidates = history.best(8, kind: kind, title: title, inputs: inputs, besides: key)
        for candidate in candidates {
            if let record = try? read(candidate), record.kind == kind { return record }
        }
        return nil
    }

    /// Takes a record away; says whether it was there.
    @discardableResult
    package func remove(_ key: CacheKey) throws -> Bool {
        try StoreError.explain("remove a cache record from the store \(directory.path)") {
            guard let shard = try shard(key), try shard.statusIfPresent(of: Self.name(of: key)) != nil else {
                return false
            }
            try shard.removeFile(Self.name(of: key))
            return true
        }
    }

    /// Every key, in byte order; the second list holds names that are no records, relative to the store.
    func keys() throws -> (keys: [CacheKey], strangers: [String]) {
        var keys: [CacheKey] = []
        var strangers: [String] = []
        guard let folder = try directory.existingFolder(.records) else { return ([], []) }
        for entry in try folder.entries() where entry.name != Array(RecordHistory.folder.utf8) {
            let shardName = String(decoding: entry.name, as: UTF8.self)
            guard shardName.utf8.count == 2,
                let shard = try? folder.open(entry.name, [.readOnly, .directory, .noFollow])
            else {
                strangers.append("chalk/records/\(shardName)")
                continue
            }
            for entry in try shard.entries() {
                let name = String(decoding: entry.name, as: UTF8.self)
                if name.hasSuffix(".json"), let digest = Digest(hex: String(name.dropLast(5))),
                    digest.hex.hasPrefix(shardName)
                {
                    keys.append(CacheKey(digest))
                } else {
                    strangers.append("chalk/records/\(shardName)/\(name)")
                }
            }
        }
        return (keys, strangers)
    }

    /// A record as it stands, without a look at its blob; nil when there is none.
    func read(_ key: CacheKey) throws -> CacheRecord? {
        guard let shard = try shard(key),
            let bytes = try shard.document(Self.name(of: key), limit: Self.limit)
        else { return nil }
        var record = try CacheRecord(parsing: bytes, key: key)
        if let status = try shard.statusIfPresent(of: Self.name(of: key)) {
            record.lastUsed = status.modified.seconds
        }
        return record
    }

    /// Bytes of a record's file.
    func size(of key: CacheKey) throws -> Int64 {
        try shard(key)?.statusIfPresent(of: Self.name(of: key))?.size ?? 0
    }

    /// Makes the history hold these records only.
    func rewriteHistory(_ records: [CacheRecord]) throws { try history.rewrite(records) }

    private func touch(_ key: CacheKey) {
        // A store that cannot be written to still answers.
        if let shard = try? shard(key) {
            try? shard.changeTime(.init(seconds: directory.clock()), of: Self.name(of: key))
        }
    }

    private func shard(_ key: CacheKey) throws(SystemError) -> FileDescriptor? {
        guard let folder = try directory.existingFolder(.records) else { return nil }
        return try folder.existingFolder(Self.shard(of: key))
    }

    private static func shard(of key: CacheKey) -> String { String(key.digest.hex.prefix(2)) }
    private static func name(of key: CacheKey) -> String { key.digest.hex + ".json" }
}
