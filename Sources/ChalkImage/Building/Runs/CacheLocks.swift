internal import ChalkPlan
internal import ChalkStore
internal import ChalkSystem

/// The cache mounts of a step, locked for as long as it runs.
final class CacheLocks {
    /// The directory of each mount that the step has, by the mount's place in it.
    private(set) var paths: [Int: String] = [:]
    private var locks: [Held] = []

    private final class Held {
        let lock: FileLock
        init(_ lock: consuming FileLock) { self.lock = lock }
    }

    /// Locks what a step mounts; waits where another step has a locked one.
    init(_ mounts: [RunMountOperation], in store: CacheMounts, cancellation: Cancellation) throws {
        var wanted: [String: [(index: Int, sharing: RunMountOperation.Cache.Sharing)]] = [:]
        for (index, mount) in mounts.enumerated() {
            guard case .cache(let cache) = mount else { continue }
            wanted[cache.storeID, default: []].append((index, cache.sharing))
        }
        // By name, as every step does, so that no two wait for each other.
        for (id, users) in wanted.sorted(by: { $0.key < $1.key }) {
            let kinds = users.map(\.sharing)
            var name = id
            if kinds.contains(.private) {
                name = try lockPrivate(id, store)
            } else {
                let mode: FileLock.Mode = kinds.contains(.locked) ? .exclusive : .shared
                while true {
                    if let lock = try store.tryLock(id, mode) {
                        locks.append(Held(lock))
                        break
                    }
                    // Asked again and again rather than waited for: Ctrl-C ends the wait.
                    try Pause.wait(.milliseconds(50), cancellation)
                }
            }
            for user in users { paths[user.index] = try store.path(name) }
        }
    }

    /// The first of the directories of a private cache that nobody uses.
    private func lockPrivate(_ id: String, _ store: CacheMounts) throws -> String {
        var number = 0
        while true {
            let name = number == 0 ? id : "\(id) #\(number)"
            if let lock = try store.tryLock(name, .exclusive) {
                locks.append(Held(lock))
                return name
            }
            number += 1
        }
    }
}

extension RunMountOperation.Cache {
    /// What the store calls it: a cache of another owner, mode or seed is another one, as in BuildKit.
    fileprivate var storeID: String {
        var words = [id]
        if access != .init(0o755) {
            words.append("mode=\(String(access.mode, radix: 8)) uid=\(access.uid) gid=\(access.gid)")
        }
        if let seed { words.append("from=\(seed.origin) \(seed.path)") }
        return words.joined(separator: " ")
    }
}
