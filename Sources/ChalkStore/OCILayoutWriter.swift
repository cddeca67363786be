package import ChalkOCI
package import ChalkSystem

/// Writes an OCI image layout (image-spec, image-layout.md), or adds to one. Until ``finish(_:)`` its
/// `index.json` is as it was; a layout is never less than before.
package final class OCILayoutWriter {
    private static let prefix = ".chalk-ingest-"
    private let path: String
    private let root: FileDescriptor
    private let blobs: BlobDirectory
    private var index: LayoutIndex

    private init(path: String, root: consuming FileDescriptor, blobs: BlobDirectory, index: LayoutIndex) {
        self.path = path
        self.root = root
        self.blobs = blobs
        self.index = index
    }

    /// Opens a layout to add to, or makes one where nothing or an empty directory is.
    ///
    /// - Throws: ``StoreError`` `.invalid` for a directory that is something else.
    package static func open(_ path: String) throws -> OCILayoutWriter {
        try StoreError.explain("write the OCI layout \(path)") {
            try FileSystem.makeDirectories(path)
            let root = try FileDescriptor.directory(path)
            _ = try IngestFile.sweep(root, prefix: prefix)
            var index = LayoutIndex()
            if let bytes = try root.document("oci-layout", limit: 4096) {
                guard ContentStore.isKnownLayout(bytes) else {
                    throw StoreError(
                        .invalid,
                        "\(path) is an OCI layout of another version than 1.0.0; name another directory")
                }
                if let bytes = try root.document("index.json", limit: LayoutIndex.limit) {
                    do throws(OCIError) {
                        index = try LayoutIndex(parsing: bytes)
                    } catch {
                        throw StoreError(
                            .invalid,
                            "index.json of the OCI layout \(path) cannot be used: \(error.description); name "
                                + "another directory")
                    }
                }
            } else {
                // What a killed writer of ours leaves is no reason to refuse.
                guard try root.entries().allSatisfy({ $0.name == Array("blobs".utf8) }) else {
                    throw StoreError(
                        .invalid,
                        "\(path) is neither empty nor an OCI layout; name another directory, so that "
                            + "nothing is lost"
                    )
                }
            }
            let blobs = try root.folder("blobs", mode: 0o777).folder("sha256", mode: 0o777)
            return OCILayoutWriter(
                path: path, root: root, blobs: BlobDirectory(blobs, path: path), index: index)
        }
    }

    /// Whether a blob is there with its size and need not be added.
    package func contains(_ descriptor: Descriptor) throws -> Bool {
        try StoreError.explain("look for blob \(descriptor.digest) in \(path)") {
            try blobs.size(of: descriptor.digest) == descriptor.size
        }
    }

    /// Adds a blob from bytes, which are checked, unless it is there.
    ///
    /// - Throws: ``StoreError`` `.mismatch` for other bytes; the layout is as before.
    package func add(_ descriptor: Descriptor, from source: any ByteSource) throws {
        if try contains(descriptor) { return }
        let verified = VerifiedSource(
            source, digest: descriptor.digest, size: descriptor.size, origin: "its source")
        try StoreError.explain("write blob \(descriptor.digest) to \(path)") {
            let ingest = try IngestFile.make(in: root.duplicate(), prefix: Self.prefix)
            var buffer = [UInt8](repeating: 0, count: 262_144)
            while case let got = try verified.read(into: &buffer), got > 0 {
                try ingest.file.write(buffer[..<got])
            }
            try ingest.file.sync()
            try ingest.move(to: descriptor.digest.hex, in: blobs.directory)
        }
    }

    /// Adds a blob of a store, copied by the kernel (shared where the file system can), unless it is there.
    /// The bytes were checked when they came into the store and are not read again.
    package func add(_ descriptor: Descriptor, from store: ContentStore) throws {
        if try contains(descriptor) { return }
        try StoreError.explain("write blob \(descriptor.digest) to \(path)") {
            let source = try store.open(descriptor.digest)
            let size = try source.status().size
            guard size == descriptor.size else {
                throw StoreError(
                    .corrupt,
                    "blob \(descriptor.digest) in \(store.path) has \(size) bytes instead of "
                        + "\(descriptor.size); pull or build the image again")
            }
            let ingest = try IngestFile.make(in: root.duplicate(), prefix: Self.prefix)
            try ingest.file.copy(size, from: source, at: 0)
            try ingest.file.sync()
            try ingest.move(to: descriptor.digest.hex, in: blobs.directory)
        }
    }

    /// Gives names to what was added and writes `index.json`; what had such a name before loses it. Entries
    /// without a name are added once.
    package func finish(_ entries: [(name: String?, descriptor: Descriptor)]) throws {
        try StoreError.explain("write the OCI layout \(path)") {
            for entry in entries {
                guard try blobs.size(of: entry.descriptor.digest) == entry.descriptor.size else {
                    throw StoreError(
                        .invalid,
                        "blob \(entry.descriptor.digest) was not added to the OCI layout \(path); add it "
                            + "first"
                    )
                }
                index.set(entry.name, to: entry.descriptor)
            }
            try blobs.directory.sync()
            if try root.statusIfPresent(of: "oci-layout") == nil {
                try replace("oci-layout", Array(#"{"imageLayoutVersion":"1.0.0"}"#.utf8))
            }
            try replace("index.json", index.encoded())
            try root.sync()
        }
    }

    private func replace(_ name: String, _ bytes: [UInt8]) throws {
        let ingest = try IngestFile.make(in: root.duplicate(), prefix: Self.prefix)
        try ingest.file.write(bytes)
        try ingest.file.sync()
        try ingest.move(to: name, in: root)
    }
}
