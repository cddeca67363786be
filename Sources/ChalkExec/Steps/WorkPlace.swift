internal import ChalkSystem

/// The directory of one running or finished step: its changes (`upper`), overlayfs' own (`work`), the engine's mount
/// points (`under`), changes to other mounted layers (`trees`), an empty directory to mount on (`bundle`), and a lock
/// that is held while anybody uses it.
///
/// Whoever drops one without ``remove()`` leaves it to the next sweep.
package final class WorkPlace: Sendable {
    /// Absolute path.
    let path: String
    private let worker: WorkerLauncher
    private let lock: FileLock

    private init(path: String, worker: WorkerLauncher, lock: consuming FileLock) {
        self.path = path
        self.worker = worker
        self.lock = lock
    }

    /// The directory of changes, in overlay form: what a layer is made of. Not there any more once kept or removed.
    package var upper: String { path + "/upper" }

    /// The name under which a kept place is found.
    package var name: String { PathText.name(of: path) }

    private static let work = "work"
    private static let kept = "kept"
    private static let lockName = "lock"
    private static let document = "step.json"
    private static let inner = ["upper", "work", "under", "trees", "bundle"]

    /// Makes one below a snapshot store's own directory.
    static func make(in home: String, worker: WorkerLauncher) throws -> WorkPlace {
        let parent = try directory(work, in: home)
        // A sweep must not meet the place before its lock is held.
        let gate = try FileLock.acquire(".gate", in: parent, .shared)
        let name = RandomName.make()
        try parent.makeDirectory(name, mode: 0o700)
        let place = try parent.open(name, [.readOnly, .directory, .noFollow])
        let lock = try FileLock.acquire(lockName, in: place, .exclusive)
        for inner in inner { try place.makeDirectory(inner, mode: 0o755) }
        _ = consume gate
        return WorkPlace(path: "\(home)/\(work)/\(name)", worker: worker, lock: lock)
    }

    /// Moves it to where no sweep comes, with a description, for ``open(kept:in:worker:)``. Those that were kept
    /// before go, unless somebody is in them.
    func keep(_ description: [UInt8]) throws {
        let home = PathText.parent(of: PathText.parent(of: path))
        let target = try WorkPlace.directory(WorkPlace.kept, in: home)
        let earlier = try WorkPlace.kept(in: home)
        let place = try FileDescriptor.directory(path)
        try AtomicFile.write(description, to: WorkPlace.document, in: place)
        let parent = try FileDescriptor.directory(PathText.parent(of: path))
        try parent.rename(name, to: name, in: target)
        for old in earlier { try? WorkPlace.open(kept: old, in: home, worker: worker).remove() }
    }

    /// Removes it with all changes.
    package func remove() throws {
        try worker.removeTrees(WorkPlace.inner, below: path)
        // Without its lock it is an empty directory, which a sweep may take away first.
        let place = try FileDescriptor.directory(path)
        for file in [WorkPlace.document, WorkPlace.lockName]
        where try place.statusIfPresent(of: file) != nil { try place.removeFile(file) }
        let parent = try FileDescriptor.directory(PathText.parent(of: path))
        try? parent.removeDirectory(name)
    }

    /// The names that were kept, oldest first.
    static func kept(in home: String) throws -> [String] {
        let parent = try directory(kept, in: home)
        let names = try parent.entries().map { entry in
            (try parent.status(of: entry.name).changed, entry.name.display)
        }
        return names.sorted { $0 < $1 }.map(\.1)
    }

    /// A kept place, ready to be mounted once more.
    static func open(kept name: String, in home: String, worker: WorkerLauncher) throws -> WorkPlace {
        let parent = try directory(kept, in: home)
        guard !name.utf8.contains(UInt8(ascii: "/")), name != "..",
            let place = try? parent.open(name, [.readOnly, .directory, .noFollow])
        else {
            throw ExecError(.invalidRequest, "cannot enter the failed step \(name): nothing was kept of it")
        }
        guard let lock = try FileLock.tryAcquire(lockName, in: place, .exclusive) else {
            throw ExecError(
                .invalidRequest, "cannot enter the failed step \(name): somebody is in it already")
        }
        // What an earlier mount left in these would be refused by the next.
        let path = "\(home)/\(kept)/\(name)"
        try worker.removeTrees(["work", "under", "trees"], below: path)
        for inner in ["work", "under", "trees"] { try place.makeDirectory(inner, mode: 0o755) }
        return WorkPlace(path: path, worker: worker, lock: lock)
    }

    /// What ``keep(_:)`` wrote.
    static func description(kept name: String, in home: String) throws -> [UInt8] {
        try FileSystem.read("\(home)/\(kept)/\(name)/\(document)", limit: 1 << 26)
    }

    /// Removes what processes that are gone have left; says how many.
    static func sweep(_ home: String, worker: WorkerLauncher) throws -> Int {
        let parent = try directory(work, in: home)
        guard let gate = try FileLock.tryAcquire(".gate", in: parent, .exclusive) else { return 0 }
        var stale: [String] = []
        for entry in try parent.entries() {
            // Its owner may be removing it right now: then it is gone, or has no lock any more.
            guard let place = try? parent.open(entry.name, [.readOnly, .directory, .noFollow]) else {
                continue
            }
            if try place.statusIfPresent(of: lockName) == nil {
                try? parent.removeDirectory(entry.name)
            } else if try FileLock.tryAcquire(lockName, in: place, .exclusive) != nil {
                stale.append(entry.name.display)
            }
        }
        try worker.removeTrees(stale, below: "\(home)/\(work)")
        _ = consume gate
        return stale.count
    }

    private static func directory(_ name: String, in home: String) throws -> FileDescriptor {
        try FileSystem.makeDirectories("\(home)/\(name)", mode: 0o700)
        return try FileDescriptor.directory("\(home)/\(name)")
    }
}
