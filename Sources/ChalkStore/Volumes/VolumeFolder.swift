internal import ChalkOCI
internal import ChalkSystem

/// The directory of one volume, `chalk/volumes/NAME`, while it is locked: its reference, and what is known of its live
/// directory.
struct VolumeFolder: ~Copyable {
    /// What the live directory is.
    struct LiveState: Equatable {
        /// The tree that it followed last; nil where there is none, or one that was left half made.
        var base: StoredTree?
        /// Whether it may hold more than that.
        var isInUse = false
        /// Whether processes of its last user may have written after they were thought dead.
        var isUnsure = false
    }

    /// What the reference says.
    struct Reference {
        /// Seconds since 1970.
        var created: Int64
        /// The newest version.
        var head: Descriptor
    }

    static let live = "live"
    private static let reference = "ref"
    private static let state = "live.json"
    private static let stamps = "stamps"
    private static let users = "users"
    private static let limit = 64 << 10
    let name: VolumeName
    private let directory: StoreDirectory
    private let folder: FileDescriptor
    /// Nobody else reads or changes what is here meanwhile.
    private let lock: FileLock

    /// Waits for a volume.
    ///
    /// - Returns: nil where there is none of that name, unless it is to be made.
    static func open(
        _ name: VolumeName, _ directory: StoreDirectory, makes: Bool = false
    ) throws -> VolumeFolder? {
        let lock = try FileLock.acquire("volume-\(name)", in: directory.folder(.locks), .exclusive)
        guard let volumes = try makes ? directory.folder(.volumes) : directory.existingFolder(.volumes),
            let folder = try makes ? volumes.folder(name.text) : volumes.existingFolder(name.text)
        else { return nil }
        return VolumeFolder(name: name, directory: directory, folder: folder, lock: lock)
    }

    private init(
        name: VolumeName, directory: StoreDirectory, folder: consuming FileDescriptor,
        lock: consuming FileLock
    ) {
        self.name = name
        self.directory = directory
        self.folder = folder
        self.lock = lock
    }

    /// What the reference says; nil where the volume is not, or not yet.
    func readReference() throws -> Reference? {
        guard let bytes = try folder.document(Self.reference, limit: Self.limit) else { return nil }
        guard let json = try? JSON.parse(bytes), let created = json["created"]?.integer,
            let value = json["head"], let head = try? Descriptor(json: value, at: "head")
        else {
            throw StoreError(
                .corrupt,
                "\(directory.path)/chalk/volumes/\(name)/ref cannot be read; put a good copy back, or delete "
                    + "the volume")
        }
        return Reference(created: created, head: head)
    }

    /// Moves the reference; readers see the old one or the new one, also after a power cut.
    func write(_ reference: Reference) throws {
        let json = JSON.object([
            JSON.Member("created", .integer(reference.created)), JSON.Member("head", reference.head.json),
        ])
        try directory.settle()
        try directory.put(json.canonical(), as: Self.reference, in: folder, .synced)
        try folder.sync()
    }

    /// What the live directory is.
    func readState() throws -> LiveState {
        guard let bytes = try folder.document(Self.state, limit: Self.limit) else { return LiveState() }
        guard let json = try? JSON.parse(bytes) else {
            // To take it for none would be to remove what is there.
            throw StoreError(
                .corrupt,
                "\(directory.path)/chalk/volumes/\(name)/\(Self.state) cannot be read; save what is in "
                    + "\(Self.live) beside it, then delete both")
        }
        var state = LiveState(
            isInUse: json["inUse"]?.bool ?? false, isUnsure: json["unsure"]?.bool ?? false)
        if let value = json["base"], let base = try? Descriptor(json: value, at: "base"),
            let files = json["files"]?.integer, let size = json["bytes"]?.integer
        {
            state.base = StoredTree(digest: base.digest, size: base.size, files: files, bytes: size)
        }
        return state
    }

    /// Notes what the live directory is.
    func write(_ state: LiveState) throws {
        let json = JSON.object(present: [
            ("base", state.base?.descriptor.json), ("files", state.base.map { .integer($0.files) }),
            ("bytes", state.base.map { .integer($0.bytes) }), ("inUse", .bool(state.isInUse)),
            ("unsure", .bool(state.isUnsure)),
        ])
        try directory.put(json.canonical(), as: Self.state, in: folder, .synced)
        try folder.sync()
    }

    /// What the files of the live directory looked like when nobody used it.
    func readStamps() -> FileStamps {
        let bytes = try? folder.document(Self.stamps, limit: 1 << 30)
        return bytes.flatMap { FileStamps(parsing: $0) } ?? FileStamps()
    }

    /// Keeps what they look like.
    func write(_ stamps: FileStamps) throws {
        try directory.put(stamps.encoded(), as: Self.stamps, in: folder, .checkedWhenRead)
    }

    /// The live directory, made where it is missing.
    func openLive() throws -> FileDescriptor { try folder.folder(Self.live, mode: 0o755) }

    /// Removes the live directory.
    func removeLive() throws { try folder.removeTree(Self.live) }

    /// The file that users of the live directory lock.
    func openUsers() throws -> FileDescriptor {
        try folder.open(Self.users, [.readWrite, .create, .noFollow], mode: 0o600)
    }

    /// Whether nobody uses the live directory. Nobody begins to while this folder is locked.
    func isUnused() throws -> Bool {
        let users = try openUsers()
        guard try users.tryLock(.exclusive) else { return false }
        users.unlock()
        return true
    }

    /// When the state of the live directory was last noted, in seconds since 1970; nil where there is none.
    func lastChange() throws(SystemError) -> Int64? {
        try folder.statusIfPresent(of: Self.state)?.modified.seconds
    }

    /// Removes the volume, the reference first.
    func remove() throws {
        try folder.removeTree(Self.reference)
        try folder.sync()
        let volumes = try directory.folder(.volumes)
        try volumes.removeTree(name.text)
    }
}
