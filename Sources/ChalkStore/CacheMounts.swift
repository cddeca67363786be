package import ChalkSystem
internal import ChalkOCI

/// Directories that RUN steps see and that outlive them, by id: `chalk/mounts/<digest of the id>`.
package struct CacheMounts: Sendable {
    private let directory: StoreDirectory

    init(_ directory: StoreDirectory) { self.directory = directory }

    /// A cache mount.
    package struct Mount: Hashable, Sendable {
        /// What a spec calls it.
        package let id: String
        /// Absolute.
        package let path: String
        /// Seconds since 1970.
        package let lastUsed: Int64
    }

    /// The directory of a cache mount, which whoever mounts it makes where it is missing: it may be another user's.
    package func path(_ id: String) throws -> String {
        let name = Self.name(of: id)
        return try StoreError.explain("make cache mount \(id)") {
            _ = try directory.folder(.mounts)
            return "\(directory.path)/chalk/mounts/\(name)"
        }
    }

    /// Waits for the lock of a cache mount and notes that it is used: shared for `sharing=shared`, exclusive
    /// for `sharing=locked`.
    package func lock(_ id: String, _ mode: FileLock.Mode) throws -> FileLock {
        try StoreError.explain("lock cache mount \(id)") {
            let folder = try directory.folder(.mounts)
            let lock = try FileLock.acquire(Self.lockName(of: id), in: folder, mode)
            try note(id, folder)
            return lock
        }
    }

    /// The lock of a cache mount if nobody holds it in the way, else nil; for `sharing=private`.
    package func tryLock(_ id: String, _ mode: FileLock.Mode) throws -> FileLock? {
        try StoreError.explain("lock cache mount \(id)") {
            let folder = try directory.folder(.mounts)
            guard let lock = try FileLock.tryAcquire(Self.lockName(of: id), in: folder, mode) else {
                return nil
            }
            try note(id, folder)
            return lock
        }
    }

    /// Every cache mount that was ever locked, by id.
    package func list() throws -> [Mount] {
        try StoreError.explain("list the cache mounts of the store \(directory.path)") {
            guard let folder = try directory.existingFolder(.mounts) else { return [] }
            var list: [Mount] = []
            for entry in try folder.entries() {
                let name = String(decoding: entry.name, as: UTF8.self)
                guard name.hasSuffix(".lock"), let bytes = try? folder.document(name, limit: 65_536),
                    let status = try folder.statusIfPresent(of: name)
                else { continue }
                let id = String(decoding: bytes, as: UTF8.self)
                guard name == Self.lockName(of: id) else { continue }
                let path = "\(directory.path)/chalk/mounts/\(Self.name(of: id))"
                list.append(Mount(id: id, path: path, lastUsed: status.modified.seconds))
            }
            return list.sorted { $0.id < $1.id }
        }
    }

    /// Takes the lock file of a cache mount away, after its directory; only under the exclusive
    /// ``StoreLock``.
    func forget(_ id: String) throws {
        guard let folder = try directory.existingFolder(.mounts) else { return }
        try folder.removeTree(Self.lockName(of: id))
    }

    private func note(_ id: String, _ folder: borrowing FileDescriptor) throws(SystemError) {
        let name = Self.lockName(of: id)
        let file = try folder.open(name, [.writeOnly, .noFollow])
        // The same bytes each time, so two who share the lock do not disturb each other.
        try file.write(Array(id.utf8))
        try folder.changeTime(.init(seconds: directory.clock()), of: name)
    }

    private static func name(of id: String) -> String { Digest.of(Array(id.utf8)).hex }
    private static func lockName(of id: String) -> String { name(of: id) + ".lock" }
}
