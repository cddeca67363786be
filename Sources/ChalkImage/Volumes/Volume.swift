public import ChalkOCI
internal import ChalkStore

/// A named, persistent tree of files that containers can mount.
///
/// A volume is a reference to an immutable tree in the store: each change makes a new version and moves the reference
/// once, so that readers see all of a batch or none, and earlier versions can be read until the store is pruned.
/// Several processes may work with one volume at once; docs/volumes.md.
public struct Volume: Sendable {
    /// Its name.
    public let name: String
    let key: VolumeName
    let volumes: Volumes

    private init(_ name: String, _ store: ImageStore) throws {
        self.name = name
        key = try VolumeName(name)
        volumes = store.content.volumes
    }

    /// Makes an empty volume; one that is there already is used as it is.
    ///
    /// - Throws: ``ChalkError`` (`invalidInput`) for a name that no volume can have.
    @discardableResult
    public static func create(_ name: String, in store: ImageStore) throws(ChalkError) -> Volume {
        try ChalkError.wrap {
            let volume = try Volume(name, store)
            try volume.volumes.create(volume.key)
            return volume
        }
    }

    /// A handle to a volume; whether there is one is seen when it is used.
    public static func named(_ name: String, in store: ImageStore) throws(ChalkError) -> Volume {
        try ChalkError.wrap { try Volume(name, store) }
    }

    /// A handle to a volume that is there.
    ///
    /// - Throws: ``ChalkError`` (`notFound`).
    public static func lookup(_ name: String, in store: ImageStore) throws(ChalkError) -> Volume {
        let volume = try named(name, in: store)
        _ = try volume.reload()
        return volume
    }

    /// Every volume of a store, by name.
    public static func list(in store: ImageStore) throws(ChalkError) -> [VolumeInfo] {
        try ChalkError.wrap { try store.content.volumes.list().map { VolumeInfo($0) } }
    }

    /// What is known of the volume now.
    ///
    /// - Throws: ``ChalkError`` (`notFound`).
    public func reload() throws(ChalkError) -> VolumeInfo {
        try ChalkError.wrap { VolumeInfo(try volumes.volume(key)) }
    }

    /// The versions that were not pruned, the newest first.
    public func versions() throws(ChalkError) -> [VolumeVersion] {
        try ChalkError.wrap { try volumes.versions(key).map { VolumeVersion($0) } }
    }

    /// Makes a version of what containers have written so far, while they run: of a moment in which none of them wrote.
    ///
    /// - Returns: the digest of the newest version.
    @discardableResult
    public func snapshot() throws(ChalkError) -> Digest {
        try ChalkError.wrap { try volumes.snapshot(key) }
    }

    /// Deletes the volume with all its versions; the bytes stay until the store is pruned.
    ///
    /// - Throws: ``ChalkError`` (`failed`) while a container uses it.
    public func delete() throws(ChalkError) {
        try ChalkError.wrap { try volumes.delete(key) }
    }
}

/// What is known of a volume.
public struct VolumeInfo: Hashable, Sendable {
    /// Its name.
    public let name: String
    /// Seconds since 1970.
    public let created: Int64
    /// The newest version.
    public let version: VolumeVersion
    /// Whether a container uses it; it may have written what is in no version yet.
    public let isInUse: Bool

    init(_ volume: Volumes.Volume) {
        name = volume.name
        created = volume.created
        version = VolumeVersion(volume.head)
        isInUse = volume.isInUse
    }
}

/// What a volume was at some time.
public struct VolumeVersion: Hashable, Sendable {
    /// The digest of the tree: equal files have equal digests.
    public let digest: Digest
    /// Seconds since 1970.
    public let created: Int64
    /// What made it: `create`, `put`, `rm`, `batch`, `container`, `snapshot`.
    public let origin: String
    /// Files and links.
    public let fileCount: Int64
    /// Bytes of all files.
    public let size: Int64

    init(_ version: StoredVersion) {
        digest = version.tree.digest
        created = version.created
        origin = version.origin
        fileCount = version.tree.files
        size = version.tree.bytes
    }
}

extension VolumeInfo {
    /// One object of `volume ls --json`.
    package var json: JSON {
        .object([
            .init("name", .string(name)), .init("created", .integer(created)), .init("inUse", .bool(isInUse)),
            .init("version", version.json),
        ])
    }
}

extension VolumeVersion {
    /// One object of `volume log --json`.
    package var json: JSON {
        .object([
            .init("digest", .string(digest.description)), .init("created", .integer(created)),
            .init("origin", .string(origin)), .init("files", .integer(fileCount)),
            .init("bytes", .integer(size)),
        ])
    }
}
