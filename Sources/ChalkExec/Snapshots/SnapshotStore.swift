package import ChalkOCI
package import ChalkSystem

/// Unpacked layers, one directory per chainID: `<64 digits>/fs`.
///
/// Several processes may share one; a layer is unpacked once. A layer becomes visible by a rename, after its diffID
/// was checked and its files are on the disk. Without root the directory is `rootless-<uid>`: there the same owner
/// is another number on the disk.
package struct SnapshotStore: Sendable {
    /// The directory for this user: snapshots, and the places of running steps.
    package let home: String
    /// Who does the work.
    package let worker: WorkerLauncher

    private static let locks = "locks"
    private static let use = "use"
    private static let partial = ".partial-"

    /// A store below `directory`, which is made when needed.
    package init(directory: String, worker: WorkerLauncher) {
        home = WorkerLauncher.isRootless ? "\(directory)/rootless-\(CurrentProcess.userID)" : directory
        self.worker = worker
    }

    /// The snapshot of some layers, from the bottom up; what is missing is unpacked now.
    ///
    /// - Parameter unpacked: is told the index of each layer when it is done.
    /// - Throws: ``ExecError`` (`layerMismatch`, `layerFailed`), or what ``LayerSource/open`` threw.
    package func snapshot(
        for chain: [LayerSource], cancellation: Cancellation, unpacked: @escaping (Int) -> Void = { _ in }
    ) throws -> Snapshot {
        let directory = try openHome()
        let locks = try directory.open(SnapshotStore.locks, [.readOnly, .directory])
        let use = try FileLock.acquire(SnapshotStore.use, in: locks, .shared)
        var ids: [ChainID] = []
        for layer in chain { ids.append(ChainID(layer.diffID, on: ids.last)) }

        if ids.contains(where: { !isPresent($0, in: directory) }) {
            // From the bottom up, as everybody does, so that two processes cannot wait for each other.
            let held = try ids.filter { !isPresent($0, in: directory) }.map { id in
                HeldLock(try FileLock.acquire(id.digest.hex, in: locks, .exclusive), hex: id.digest.hex)
            }
            let missing = chain.indices.filter { !isPresent(ids[$0], in: directory) }
            try unpack(chain, ids, missing, in: directory, cancellation: cancellation, unpacked: unpacked)
            withExtendedLifetime(held) {}
        }
        return Snapshot(
            chainID: ids.last, directories: ids.reversed().map { "\(home)/\($0.digest.hex)/fs" }, use: use)
    }

    /// Whether a chainID is unpacked.
    package func contains(_ id: ChainID) -> Bool {
        guard let directory = try? FileDescriptor.directory(home) else { return false }
        return isPresent(id, in: directory)
    }

    /// The chainIDs that are unpacked, in byte order.
    package func chainIDs() throws -> [ChainID] {
        try openHome().entries().compactMap { Digest(hex: $0.name.display).map(ChainID.init) }
    }

    /// Removes a layer's directory; false, and nothing done, while any snapshot of the store is in use.
    package func remove(_ id: ChainID) throws -> Bool {
        let directory = try openHome()
        let locks = try directory.open(SnapshotStore.locks, [.readOnly, .directory])
        guard let use = try FileLock.tryAcquire(SnapshotStore.use, in: locks, .exclusive) else {
            return false
        }
        guard isPresent(id, in: directory) else { return true }
        let name = temporaryName(id)
        try directory.rename(id.digest.hex, to: name, in: directory)
        try worker.removeTrees([name], below: home)
        _ = consume use
        return true
    }

    /// Removes what killed processes have left: half-unpacked layers and the places of their steps. Says how many.
    @discardableResult
    package func sweep() throws -> Int {
        let directory = try openHome()
        let locks = try directory.open(SnapshotStore.locks, [.readOnly, .directory])
        var stale: [String] = []
        var held: [HeldLock] = []
        for entry in try directory.entries() {
            let name = entry.name.display
            guard let hex = SnapshotStore.partialOwner(name) else { continue }
            if let lock = try FileLock.tryAcquire(hex, in: locks, .exclusive) {
                held.append(HeldLock(lock, hex: hex))
                stale.append(name)
            } else if held.contains(where: { $0.hex == hex }) {
                stale.append(name)
            }
        }
        try worker.removeTrees(stale, below: home)
        withExtendedLifetime(held) {}
        return try stale.count + WorkPlace.sweep(home, worker: worker)
    }

    private func unpack(
        _ chain: [LayerSource], _ ids: [ChainID], _ missing: [Int], in directory: borrowing FileDescriptor,
        cancellation: Cancellation, unpacked: @escaping (Int) -> Void
    ) throws {
        // A hole in the middle is filled on the layers below it; those above the lowest hole that exist stay.
        var start = missing.startIndex
        while start < missing.endIndex {
            var end = start + 1
            while end < missing.endIndex, missing[end] == missing[end - 1] + 1 { end += 1 }
            let run = missing[start..<end]
            let blobs = try run.map { FileStream(try chain[$0].open()) }
            let jobs = run.map { index in
                WorkerJob.Unpacking(
                    diffID: chain[index].diffID, temporary: temporaryName(ids[index]),
                    final: ids[index].digest.hex)
            }
            let lowers = ids[..<missing[start]].reversed().map { "\(home)/\($0.digest.hex)/fs" }
            var streams = WorkerLauncher.Streams()
            streams.note = { note in
                if let offset = note["unpacked"]?.integer { unpacked(run[run.startIndex + Int(offset)]) }
            }
            do {
                // The worker is given numbers; the streams that own them must outlive it.
                _ = try withExtendedLifetime(blobs) {
                    try worker.run(
                        .unpack(jobs, home: home, lowers: lowers), inputs: blobs.map(\.descriptor),
                        streams: streams, cancellation: cancellation)
                }
            } catch {
                try? worker.removeTrees(jobs.map(\.temporary), below: home)
                throw error
            }
            start = end
        }
    }

    private func openHome() throws -> FileDescriptor {
        try FileSystem.makeDirectories(home, mode: 0o700)
        try FileSystem.makeDirectories("\(home)/\(SnapshotStore.locks)", mode: 0o700)
        return try FileDescriptor.directory(home)
    }

    private func isPresent(_ id: ChainID, in directory: borrowing FileDescriptor) -> Bool {
        (try? directory.statusIfPresent(of: id.digest.hex)) != nil
    }

    private func temporaryName(_ id: ChainID) -> String {
        id.digest.hex + SnapshotStore.partial + RandomName.make()
    }

    /// The digits of the chainID whose half-unpacked directory this name is.
    private static func partialOwner(_ name: String) -> String? {
        let hex = String(name.prefix(64))
        guard Digest(hex: hex) != nil, name.dropFirst(64).hasPrefix(partial) else { return nil }
        return hex
    }
}

/// A lock in a list; arrays cannot hold what cannot be copied.
private final class HeldLock: Sendable {
    let hex: String
    private let lock: FileLock

    init(_ lock: consuming FileLock, hex: String) {
        self.lock = lock
        self.hex = hex
    }
}
