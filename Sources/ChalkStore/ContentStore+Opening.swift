internal import ChalkOCI
internal import ChalkSystem

extension ContentStore {
    /// The layout of our own data that this program writes.
    static let version = 1
    private static let layoutFile = "oci-layout"
    private static let layoutText = #"{"imageLayoutVersion":"1.0.0"}"#

    /// Opens a store.
    ///
    /// - Parameters:
    ///   - path: the store's directory.
    ///   - create: whether to make one where nothing is, mode 0700.
    ///   - clock: seconds since 1970, for the times in records.
    /// - Throws: ``StoreError`` `.notFound`, `.notAStore`, `.newerVersion`, `.corrupt`.
    package static func open(
        at path: String, create: Bool, clock: @escaping @Sendable () -> Int64 = WallClock.seconds
    ) throws -> ContentStore {
        try StoreError.explain("open the store \(path)") {
            guard let status = try FileSystem.statusIfPresent(path) else {
                guard create else { throw absent(path) }
                try FileSystem.makeDirectories(path, mode: 0o700)
                return try open(directory: path, create: create, clock: clock)
            }
            guard status.kind == .directory else {
                throw StoreError(
                    .notAStore, "\(path) is not a directory and so no store; name another with --store")
            }
            return try open(directory: path, create: create, clock: clock)
        }
    }

    private static func open(
        directory path: String, create: Bool, clock: @escaping @Sendable () -> Int64
    ) throws -> ContentStore {
        let root = try FileDescriptor.directory(path)
        let path = try FileSystem.resolved(path)
        if try root.statusIfPresent(of: "chalk") == nil {
            let names = try root.entries().map(\.name)
            // Another process may have begun the store meanwhile; it starts with this directory.
            if !names.contains(Array("chalk".utf8)) {
                guard names.isEmpty else { throw try refusal(of: path, root) }
                guard create else { throw absent(path) }
            }
        }
        let chalk = try root.folder("chalk")
        try checkVersion(chalk, path)
        let blobs = try root.folder("blobs", mode: 0o755).folder("sha256", mode: 0o755)
        let store = ContentStore(
            StoreDirectory(
                path: path, root: root, chalk: chalk, blobs: BlobDirectory(blobs, path: path), clock: clock))
        try store.completeLayout()
        if let ingests = try store.directory.existingFolder(.ingests) { _ = try? IngestFile.sweep(ingests) }
        return store
    }

    private static func checkVersion(_ chalk: borrowing FileDescriptor, _ path: String) throws {
        var bytes = try chalk.document("version", limit: 64) ?? []
        if bytes.isEmpty {
            // Only the program that makes a store gets here, or one that goes on after it was killed.
            let own = ["ingests", "locks", "version"].map { Array($0.utf8) }
            if try chalk.entries().allSatisfy({ own.contains($0.name) }) { return }
            // Or another process has made it since.
            bytes = try chalk.document("version", limit: 64) ?? []
        }
        let text = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline).first ?? ""
        guard let found = Int(text), found > 0 else {
            throw StoreError(
                .corrupt,
                "the store \(path) does not say its version; write \(version) to \(path)/chalk/version if it "
                    + "is one of this program")
        }
        guard found <= version else {
            throw StoreError(
                .newerVersion,
                "the store \(path) was made by a newer chalk-image (store version \(found), this one knows "
                    + "\(version)); use that program or name another store with --store")
        }
    }

    /// Writes the files that a new store lacks. A file of no bytes is what a power cut leaves of one that was
    /// never waited for, and as good as none.
    private func completeLayout() throws {
        if let bytes = try directory.root.document(Self.layoutFile, limit: 4096), !bytes.isEmpty {
            guard Self.isKnownLayout(bytes) else {
                throw StoreError(
                    .notAStore,
                    "\(path)/\(Self.layoutFile) names no layout version that this program knows (1.0.0); "
                        + "name another store with --store")
            }
            switch try directory.root.statusIfPresent(of: References.file)?.size {
            case nil:
                throw StoreError(
                    .corrupt,
                    "\(path)/index.json is missing; put it back, or delete \(path)/oci-layout to go on "
                        + "without the names that it held")
            case 0?: break
            default: return
            }
        }
        let lock = try FileLock.acquire("index", in: directory.folder(.locks), .exclusive)
        try withExtendedLifetime(lock) { try writeMissingFiles() }
    }

    private func writeMissingFiles() throws {
        if try (directory.chalk.statusIfPresent(of: "version")?.size ?? 0) == 0 {
            try put("\(Self.version)\n", as: "version", in: directory.chalk)
        }
        if try (directory.root.statusIfPresent(of: References.file)?.size ?? 0) == 0 {
            try put(
                String(decoding: LayoutIndex().encoded(), as: UTF8.self), as: References.file,
                in: directory.root)
        }
        try put(Self.layoutText, as: Self.layoutFile, in: directory.root)
    }

    private func put(_ text: String, as name: String, in folder: borrowing FileDescriptor) throws {
        try directory.put(Array(text.utf8), as: name, in: folder, .checkedWhenRead)
    }

    /// Whether the bytes of an `oci-layout` file name a version of layout 1 (OCI image-spec,
    /// image-layout.md).
    static func isKnownLayout(_ bytes: [UInt8]) -> Bool {
        let version = (try? JSON.parse(bytes))?["imageLayoutVersion"]?.string ?? ""
        return version.hasPrefix("1.")
    }

    private static func absent(_ path: String) -> StoreError {
        StoreError(
            .notFound,
            "there is no store at \(path); build, pull or import an image first, or name another with --store"
        )
    }

    private static func refusal(of path: String, _ root: borrowing FileDescriptor) throws -> StoreError {
        if try root.statusIfPresent(of: layoutFile) != nil {
            return StoreError(
                .notAStore,
                "\(path) is an OCI layout of another program; copy its images into a store with "
                    + "`chalk-image import \(path)`, or name another store with --store")
        }
        return StoreError(
            .notAStore,
            "\(path) is not empty and not a store; name an empty or new directory with --store")
    }
}
