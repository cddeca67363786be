internal import ChalkArchive
internal import ChalkExec
internal import ChalkOCI
internal import ChalkStore
internal import ChalkSystem

/// The unpacked layers of a store.
struct SnapshotAccess: Sendable {
    let store: ContentStore
    let snapshots: SnapshotStore

    init(store: ContentStore) throws {
        self.store = store
        snapshots = SnapshotStore(
            directory: "\(store.path)/chalk/snapshots", worker: WorkerLauncher())
    }

    /// Unpacks what is missing of a stack of layers whose blobs are in the store.
    func snapshot(
        _ layers: [BuiltLayer], cancellation: Cancellation,
        unpacked: @escaping (BuiltLayer) -> Void = { _ in }
    ) throws -> Snapshot {
        try snapshots.snapshot(
            for: layers.map { layer in
                LayerSource(diffID: layer.diffID, open: { try store.open(layer.descriptor.digest) })
            }, cancellation: cancellation, unpacked: { unpacked(layers[$0]) })
    }

    /// Removes what is kept of a failed step, and snapshots of stacks that no image and no kept record has.
    func prune(_ reachable: GarbageCollector.Reachable) throws -> PruneSummary.Tally {
        var tally = PruneSummary.Tally()
        if !reachable.isDryRun {
            let executor = StepExecutor(snapshots: snapshots, runtime: RuntimeChoice())
            for name in try executor.keptSteps() { try executor.removeKept(name) }
        }
        for id in try snapshots.chainIDs() where !reachable.chainIDs.contains(id) {
            if try reachable.isDryRun || snapshots.remove(id) { tally.count += 1 }
        }
        return tally
    }

    /// Removes a tree that may hold files of the worker's other users.
    func removeTree(_ path: String) throws {
        try snapshots.worker.removeTree(path)
    }
}
