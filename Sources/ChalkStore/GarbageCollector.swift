package import ChalkOCI
internal import ChalkSystem

/// Removes what neither a reference, a pin nor a young cache record leads to.
package struct GarbageCollector {
    private let store: ContentStore

    /// A collector for a store.
    package init(_ store: ContentStore) { self.store = store }

    /// What is needed.
    package struct Reachable: Sendable {
        /// Blobs, here or not.
        package let blobs: Set<Digest>
        /// Layers of images and of kept records.
        package let diffIDs: Set<DiffID>
        /// Stacks of images, and all below them.
        package let chainIDs: Set<ChainID>
        /// Seconds since 1970: what was last used then or earlier is old.
        package let cutoff: Int64
        /// Whether nothing may be removed.
        package let isDryRun: Bool
    }

    /// Collects, alone in the store.
    ///
    /// - Parameters:
    ///   - olderThan: seconds; records and cache mounts used since then stay, with what they need.
    ///   - dryRun: only count; others may work in the store meanwhile.
    ///   - keeping: more roots.
    ///   - waits: whether to wait for others to end their work instead of throwing.
    ///   - removeTree: removes a cache mount's directory, absolute; the owner may need another user
    ///   namespace.
    ///   - others: removes what other rooms keep, and says what that was.
    /// - Throws: ``StoreError`` `.busy`; `.corrupt` when a document cannot be read that may lead to blobs.
    package func collect(
        olderThan age: Int64, dryRun: Bool = false, keeping: [Descriptor] = [], waits: Bool = false,
        removeTree: (String) throws -> Void = Self.removeTree,
        others: (Reachable) throws -> PruneSummary.Tally = { _ in .init() }
    ) throws -> PruneSummary {
        let lock = try lock(dryRun: dryRun, waits: waits)
        return try withExtendedLifetime(lock) {
            try StoreError.explain("collect the store \(store.path)") {
                try collect(age, dryRun, keeping, removeTree, others)
            }
        }
    }

    private func collect(
        _ age: Int64, _ dryRun: Bool, _ keeping: [Descriptor], _ removeTree: (String) throws -> Void,
        _ others: (Reachable) throws -> PruneSummary.Tally
    ) throws -> PruneSummary {
        let cutoff = store.directory.clock() - max(0, age)
        let documents = try reach(keeping, cutoff)
        let records = try sort(cutoff)
        let reachable = Reachable(
            blobs: documents.reached.union(records.kept.compactMap { $0.layer?.digest }),
            diffIDs: documents.diffIDs.union(records.kept.compactMap(\.diffID)),
            chainIDs: documents.chainIDs, cutoff: cutoff, isDryRun: dryRun)
        var summary = PruneSummary()
        // Whatever names a blob goes before the blob, so a killed collection leaves a good store.
        for (key, size) in records.old {
            summary.records.add(size)
            if !dryRun { try store.records.remove(key) }
        }
        if !dryRun, !records.old.isEmpty { try store.records.rewriteHistory(records.kept) }
        summary.files = try collectFiles(records.kept, reachable)
        summary.cacheMounts = try collectMounts(reachable, removeTree)
        summary.others = try others(reachable)
        if !dryRun { try store.volumes.collect(usedBefore: cutoff) }
        for blob in try store.blobs() where !reachable.blobs.contains(blob.digest) {
            summary.blobs.add(blob.size)
            if !dryRun { try store.remove(blob.digest) }
        }
        return summary
    }

    /// Removes a directory and all below it with the rights that this process has.
    package static func removeTree(_ path: String) throws {
        let parent = try FileDescriptor.directory(PathText.parent(of: path))
        try parent.removeTree(PathText.name(of: path))
    }

    private func lock(dryRun: Bool, waits: Bool) throws -> StoreLock {
        if dryRun { return try StoreLock.shared(store) }
        return waits ? try StoreLock.exclusive(store) : try StoreLock.exclusiveNow(store)
    }

    private func reach(_ more: [Descriptor], _ cutoff: Int64) throws -> DocumentWalk {
        var walk = DocumentWalk(store.directory.blobs) { store.remoteSources.get($0) != nil }
        for entry in try store.references.read().entries {
            guard let descriptor = entry.descriptor else {
                throw StoreError(
                    .corrupt,
                    "cannot collect the store \(store.path): index.json has an entry that is not a "
                        + "descriptor with a sha256 digest, and what it needs is not known; remove it there")
            }
            try walk.follow(entry: descriptor, from: entry.name ?? "index.json")
        }
        for pin in try store.pins.list() { try walk.follow(pin.descriptor, from: "pin \(pin.name)") }
        for root in try store.volumes.roots(since: cutoff) {
            try walk.follow(root.descriptor, from: root.name)
        }
        for descriptor in more { try walk.follow(descriptor, from: "the caller") }
        if let fault = walk.faults.first(where: { $0.kind == .unreadable }) {
            throw StoreError(
                .corrupt,
                "cannot collect the store \(store.path), since what is needed is not known: "
                    + "\(fault.description)"
            )
        }
        return walk
    }

    private func sort(_ cutoff: Int64) throws -> (kept: [CacheRecord], old: [(CacheKey, Int64)]) {
        var kept: [CacheRecord] = []
        var old: [(CacheKey, Int64)] = []
        for key in try store.records.keys().keys {
            if let record = try? store.records.read(key), record.lastUsed > cutoff,
                record.layer.map({ isUsable($0) }) ?? true
            {
                kept.append(record)
            } else {
                old.append((key, try store.records.size(of: key)))
            }
        }
        return (kept, old)
    }

    private func isUsable(_ layer: Descriptor) -> Bool {
        store.records.fault(of: layer) == nil || store.remoteSources.get(layer.digest) != nil
    }

    private func collectFiles(
        _ records: [CacheRecord], _ reachable: Reachable
    ) throws -> PruneSummary.Tally {
        let keys = Set(records.map(\.key.digest))
        let layers = Set(reachable.diffIDs.map(\.digest))
        var tally = PruneSummary.Tally()
        func collect(_ folder: StoreFolder, _ isNeeded: (Digest, FileStatus) -> Bool) throws {
            guard let open = try store.directory.existingFolder(folder) else { return }
            for entry in try open.entries() {
                guard let digest = Digest(hex: String(decoding: entry.name, as: UTF8.self)),
                    let status = try open.statusIfPresent(of: entry.name), !isNeeded(digest, status)
                else { continue }
                tally.add(status.size)
                if !reachable.isDryRun { try open.removeTree(entry.name) }
            }
        }
        try collect(.indexes) { digest, _ in layers.contains(digest) }
        try collect(.ledgers) { digest, _ in reachable.blobs.contains(digest) }
        try collect(.remote) { digest, _ in reachable.blobs.contains(digest) }
        for folder in [StoreFolder.downloads, .checkouts, .partials, .uploads] {
            try collect(folder) { _, status in status.modified.seconds > reachable.cutoff }
        }
        try collect(.logs) { digest, status in
            keys.contains(digest) || status.modified.seconds > reachable.cutoff
        }
        return tally
    }

    private func collectMounts(
        _ reachable: Reachable, _ removeTree: (String) throws -> Void
    ) throws -> PruneSummary.Tally {
        var tally = PruneSummary.Tally()
        for mount in try store.cacheMounts.list() where mount.lastUsed <= reachable.cutoff {
            tally.add(0)
            if reachable.isDryRun { continue }
            try removeTree(mount.path)
            try store.cacheMounts.forget(mount.id)
        }
        return tally
    }
}
