internal import ChalkArchive
internal import ChalkOCI
internal import ChalkStore
package import ChalkSystem
private import Synchronization

/// What a check of a store found.
public struct StoreReport: Hashable, Sendable {
    /// One sentence each; empty for a good store.
    public let problems: [String]
    /// What was read, for people.
    public let summary: String
}

extension ImageStore {
    /// Reads every blob, document and record again and says what is wrong.
    package func verify(cancellation: Cancellation) throws -> StoreReport {
        try ChalkError.wrap {
            let counts = Mutex<(blobs: Int, bytes: Int64, absent: Set<Digest>)>((0, 0, []))
            let problems = try content.verify { event in
                counts.withLock { counts in
                    switch event {
                    case .blob(_, let bytes):
                        counts.blobs += 1
                        counts.bytes += bytes
                    case .notFetched(let digest, _): counts.absent.insert(digest)
                    case .swept: break
                    }
                }
            }
            let (blobs, bytes, absent) = counts.withLock { $0 }
            var summary = "\(blobs) blobs, \(bytes) bytes"
            if !absent.isEmpty { summary += ", \(absent.count) layers of bases not fetched" }
            return StoreReport(problems: problems.map(\.description), summary: summary)
        }
    }

    /// Deletes what no name, and no record used within so many seconds, leads to; says what that was.
    package func prune(olderThan seconds: Int64, isDryRun: Bool) throws -> String {
        try ChalkError.wrap {
            let snapshots = try SnapshotAccess(store: content)
            let summary = try GarbageCollector(content).collect(
                olderThan: seconds, dryRun: isDryRun, removeTree: { try snapshots.removeTree($0) },
                others: { reachable in
                    try pruneSightings(reachable)
                    try content.latestGroups.prune(reachable)
                    return try snapshots.prune(reachable)
                })
            let containers = try pruneContainers(olderThan: seconds, isDryRun: isDryRun)
            let verb = isDryRun ? "would free" : "freed"
            return
                "\(verb) \(summary.bytes) bytes: \(summary.blobs.count) blobs, \(summary.records.count) records, "
                + "\(summary.others.count) snapshots, \(summary.cacheMounts.count) cache mounts, "
                + "\(containers) containers that ended"
        }
    }

    /// Removes what was seen of files whose layer is gone.
    private func pruneSightings(_ reachable: GarbageCollector.Reachable) throws {
        if reachable.isDryRun { return }
        for (place, _) in try content.sightings.list() {
            let blob = content.sightings.get(place).flatMap { Sighting(bytes: $0)?.blob }
            if blob.map({ !reachable.blobs.contains($0) }) ?? true { try content.sightings.remove(place) }
        }
    }
}
