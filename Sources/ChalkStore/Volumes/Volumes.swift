internal import ChalkOCI
internal import ChalkSystem

/// Named trees of files: each a reference to an immutable tree, with a live directory while containers use it
/// (docs/decisions/0013).
///
/// Whoever looks at a volume after its last user was killed first makes a version of what that one left.
package struct Volumes: Sendable {
    let directory: StoreDirectory
    let trees: TreeStore

    init(_ directory: StoreDirectory) {
        self.directory = directory
        trees = TreeStore(directory: directory)
    }

    /// A volume, as far as its reference tells.
    package struct Volume: Hashable, Sendable {
        /// Its name.
        package let name: String
        /// Seconds since 1970.
        package let created: Int64
        /// The newest version.
        package let head: StoredVersion
        /// Whether containers use its live directory, or it holds what no version could be made of: there may be more
        /// than in the newest version.
        package let isInUse: Bool
    }

    /// Makes an empty volume; one that is there stays as it is.
    ///
    /// - Returns: whether it was made.
    @discardableResult
    package func create(_ name: VolumeName) throws -> Bool {
        try working("create the volume \(name)") {
            guard let folder = try VolumeFolder.open(name, directory, makes: true) else { return false }
            if try folder.readReference() != nil { return false }
            let batch = BlobBatch(directory)
            // As for an `emptyDir`: whoever the container runs as may write.
            let tree = try trees.put(TreeDocument(mode: 0o777), in: batch)
            let head = try put(tree, origin: "create", after: nil, batch)
            try folder.write(.init(created: directory.clock(), head: head))
            return true
        }
    }

    /// What is known of a volume.
    ///
    /// - Throws: ``StoreError`` `.notFound`.
    package func volume(_ name: VolumeName) throws -> Volume {
        try working("read the volume \(name)") {
            try opened(name, onlyReads: true) { folder, reference in
                Volume(
                    name: name.text, created: reference.created, head: try version(reference.head),
                    isInUse: try folder.readState().isInUse || !folder.isUnused())
            }
        }
    }

    /// Every volume, by name.
    package func list() throws -> [Volume] {
        try names().compactMap { name in
            do {
                return try volume(name)
            } catch let error as StoreError where error.code == .notFound {
                return nil
            }
        }
    }

    /// The versions of a volume that were not pruned, the newest first.
    package func versions(_ name: VolumeName) throws -> [StoredVersion] {
        try working("read the volume \(name)") {
            try opened(name, onlyReads: true) { _, reference in try chain(reference.head).map(\.version) }
        }
    }

    /// The version of a digest, or of the first digits of one, at least six; nil is the newest.
    ///
    /// - Throws: ``StoreError`` `.notFound`.
    package func version(_ name: VolumeName, _ digest: String?) throws -> StoredVersion {
        guard let digest else { return try volume(name).head }
        let digits = digest.hasPrefix("sha256:") ? String(digest.dropFirst(7)) : digest
        let found = try versions(name).filter { digits.count >= 6 && $0.tree.digest.hex.hasPrefix(digits) }
        guard let first = found.first, found.allSatisfy({ $0.tree.digest == first.tree.digest }) else {
            throw StoreError(
                .notFound,
                "the volume \(name) has no version \(digest), or no longer; `chalk-image volume log \(name)` "
                    + "lists them")
        }
        return first
    }

    /// Removes a volume with its live directory; its blobs stay until they are collected.
    ///
    /// - Throws: ``StoreError`` `.notFound`; `.busy` while somebody uses it.
    package func delete(_ name: VolumeName) throws {
        try working("delete the volume \(name)") {
            guard let folder = try VolumeFolder.open(name, directory) else { throw Self.absent(name) }
            do {
                if try folder.readReference() == nil { throw Self.absent(name) }
            } catch let error as StoreError where error.code == .corrupt {
                // It can be deleted all the same.
            }
            guard try folder.isUnused() else {
                throw StoreError(.busy, "the volume \(name) is in use by a container; stop that one first")
            }
            try folder.remove()
        }
    }

    /// The names of all volumes, whatever state they are in.
    func names() throws -> [VolumeName] {
        try StoreError.explain("list the volumes of the store \(directory.path)") {
            guard let volumes = try directory.existingFolder(.volumes) else { return [] }
            return try volumes.entries().compactMap { try? VolumeName($0.name.display) }
        }
    }

    /// Runs `body` with a volume that is there, is locked, and has no writes of killed users outstanding.
    ///
    /// - Parameter onlyReads: whether to go on with the newest version where no other can be made of such writes.
    func opened<T>(
        _ name: VolumeName, onlyReads: Bool = false,
        _ body: (borrowing VolumeFolder, VolumeFolder.Reference) throws -> T
    ) throws -> T {
        guard let folder = try VolumeFolder.open(name, directory), var reference = try folder.readReference()
        else { throw Self.absent(name) }
        var state = try folder.readState()
        if state.isInUse, try folder.isUnused() {
            do {
                try settle(folder, &reference, &state, origin: "container")
                state.isUnsure = true
                try folder.write(state)
            } catch {
                if !onlyReads { throw error }
            }
        }
        return try body(folder, reference)
    }

    /// Runs `body` while nothing is collected, and says of a failed call what it was part of.
    func working<T>(_ task: @autoclosure () -> String, _ body: () throws -> T) throws -> T {
        try StoreError.explain(task()) {
            let lock = try FileLock.acquire("gc", in: directory.folder(.locks), .shared)
            return try withExtendedLifetime(lock) { try body() }
        }
    }

    static func absent(_ name: VolumeName) -> StoreError {
        StoreError(
            .notFound, "there is no volume \(name); `chalk-image volume create \(name)` makes one")
    }
}
