package import ChalkOCI
internal import ChalkSystem

/// Somebody else's OCI image layout (image-spec, image-layout.md), read with suspicion: every step is
/// anchored to an open directory, links are refused, documents are bounded and all bytes are checked.
package final class OCILayoutReader: Sendable {
    /// One image or other document of the layout.
    package struct Entry: Hashable, Sendable {
        /// The annotation `org.opencontainers.image.ref.name`; nil when there is none.
        package let name: String?
        /// Without the annotation that holds the name.
        package let descriptor: Descriptor
    }

    /// Where the layout is, as it was given.
    package let path: String
    /// In the order they have; those of other digest algorithms are left out.
    package let entries: [Entry]
    private let blobs: BlobDirectory

    private init(path: String, entries: [Entry], blobs: BlobDirectory) {
        self.path = path
        self.entries = entries
        self.blobs = blobs
    }

    /// Opens a layout.
    ///
    /// - Throws: ``StoreError`` `.notFound`, `.invalid`, `.tooLarge`.
    package static func open(_ path: String) throws -> OCILayoutReader {
        try StoreError.explain("read the OCI layout \(path)") {
            guard try FileSystem.statusIfPresent(path)?.kind == .directory else {
                throw StoreError(.notFound, "there is no directory at \(path); name an OCI layout")
            }
            let root = try FileDescriptor.directory(path)
            guard let bytes = try part("oci-layout", of: root, path, limit: 4096) else {
                throw StoreError(
                    .invalid, "\(path) is not an OCI layout: it has no file oci-layout; name one that is")
            }
            guard ContentStore.isKnownLayout(bytes) else {
                throw StoreError(
                    .invalid,
                    "\(path) is not an OCI layout of version 1.0.0; convert it, for example with skopeo")
            }
            guard let bytes = try part("index.json", of: root, path, limit: LayoutIndex.limit) else {
                throw StoreError(.invalid, "the OCI layout \(path) has no index.json; make or copy it again")
            }
            let index: LayoutIndex
            do throws(OCIError) {
                index = try LayoutIndex(parsing: bytes)
            } catch {
                throw StoreError(
                    .invalid,
                    "index.json of the OCI layout \(path) cannot be used: \(error.description); make or "
                        + "copy it again")
            }
            guard let all = try folder("blobs", of: root, path),
                let blobs = try folder("sha256", of: all, path)
            else {
                throw StoreError(
                    .invalid, "the OCI layout \(path) has no directory blobs/sha256; make or copy it again")
            }
            return OCILayoutReader(
                path: path,
                entries: index.entries.compactMap { entry in
                    entry.descriptor.map { Entry(name: entry.name, descriptor: $0) }
                },
                blobs: BlobDirectory(blobs, path: path))
        }
    }

    /// The entry called `name`; without one the only entry.
    ///
    /// - Throws: ``StoreError`` `.notFound` with the names there are.
    package func entry(named name: String?) throws -> Entry {
        let names = Set(entries.compactMap(\.name)).sorted()
        let list = names.isEmpty ? "none has a name" : "there are " + names.prefix(20).joined(separator: ", ")
        if let name {
            if let entry = entries.last(where: { $0.name == name }) { return entry }
            throw StoreError(.notFound, "the OCI layout \(path) has no image called \(name); \(list)")
        }
        if entries.count == 1 { return entries[0] }
        if entries.isEmpty {
            throw StoreError(.notFound, "the OCI layout \(path) has no image; put one there first")
        }
        throw StoreError(
            .notFound, "the OCI layout \(path) has \(entries.count) images; say which by its name: \(list)")
    }

    /// Whether a blob is there with the size that the descriptor says.
    package func contains(_ descriptor: Descriptor) throws -> Bool {
        try StoreError.explain("look for blob \(descriptor.digest) in \(path)") {
            try blobs.size(of: descriptor.digest) == descriptor.size
        }
    }

    /// Bytes of a blob; nil when it is not there.
    package func size(of digest: Digest) throws -> Int64? {
        try StoreError.explain("look for blob \(digest) in \(path)") { try blobs.size(of: digest) }
    }

    /// A whole document of at most 4 MiB, checked against its descriptor.
    ///
    /// - Throws: ``StoreError`` `.notFound`, `.mismatch`, `.tooLarge`, `.corrupt`.
    package func read(_ descriptor: Descriptor) throws -> [UInt8] {
        try StoreError.explain("read blob \(descriptor.digest) in \(path)") {
            let bytes = try blobs.read(descriptor.digest, limit: ContentStore.documentLimit)
            guard Int64(bytes.count) == descriptor.size else {
                throw StoreError(
                    .mismatch,
                    "blob \(descriptor.digest) in \(path) has \(bytes.count) bytes instead of "
                        + "\(descriptor.size); "
                        + "make or copy the layout again")
            }
            return bytes
        }
    }

    /// A blob's bytes, checked while they are read.
    package func source(of descriptor: Descriptor) throws -> VerifiedSource {
        try StoreError.explain("open blob \(descriptor.digest) in \(path)") {
            VerifiedSource(
                FileStream(try blobs.open(descriptor.digest)), digest: descriptor.digest,
                size: descriptor.size, origin: path)
        }
    }

    private static func part(
        _ name: String, of root: borrowing FileDescriptor, _ path: String, limit: Int
    ) throws -> [UInt8]? {
        do {
            return try root.document(name, limit: limit)
        } catch let error as StoreError {
            throw StoreError(error.code, "cannot read the OCI layout \(path): \(error.description)")
        }
    }

    private static func folder(
        _ name: String, of parent: borrowing FileDescriptor, _ path: String
    ) throws -> FileDescriptor? {
        guard let status = try parent.statusIfPresent(of: name) else { return nil }
        guard status.kind == .directory else {
            throw StoreError(
                .invalid,
                "cannot read the OCI layout \(path): \(name) is a \(status.kind), not a directory; copy "
                    + "the layout with what the link points to")
        }
        return try parent.existingFolder(name)
    }
}
