package import ChalkOCI
internal import ChalkSystem

/// Names and what they stand for, kept in the layout's `index.json` so that other programs see them.
///
/// A name is a whole reference (`docker.io/library/app:latest`) in the annotation
/// `org.opencontainers.image.ref.name`; names that other programs gave are read as they are. Entries without
/// a name are left alone.
package struct References: Sendable {
    static let file = "index.json"
    /// The annotation of an entry that says, by its digest, which set of groups goes with the image under this name.
    package static let groupsKey = "dev.chalk.image.groups"
    private let directory: StoreDirectory

    init(_ directory: StoreDirectory) { self.directory = directory }

    /// A name and what it stands for.
    package struct Entry: Hashable, Sendable {
        /// The name as it stands in the layout.
        package let name: String
        /// Without the annotation that holds the name.
        package let descriptor: Descriptor
    }

    /// What a reference stands for; without tag and digest it means `latest`.
    package func descriptor(for reference: Reference) throws -> Descriptor? {
        try descriptor(named: reference.withDefaultTag.description)
    }

    /// What a name stands for; nil when nobody gave it.
    package func descriptor(named name: String) throws -> Descriptor? {
        try read().descriptor(named: name)
    }

    /// Every name, in byte order.
    package func list() throws -> [Entry] {
        let entries = try read().entries.compactMap { entry -> Entry? in
            guard let name = entry.name, let descriptor = entry.descriptor else { return nil }
            return Entry(name: name, descriptor: descriptor)
        }
        return entries.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }

    /// Gives a reference; what it stood for before keeps its blobs until they are collected.
    package func set(_ reference: Reference, to descriptor: Descriptor) throws {
        try set([(reference, descriptor)])
    }

    /// Gives several references at once: all or none. Where nothing changes, nothing is written.
    package func set(_ changes: [(reference: Reference, descriptor: Descriptor)]) throws {
        try change { index in
            for (reference, descriptor) in changes {
                index.set(reference.withDefaultTag.description, to: descriptor)
            }
        }
    }

    /// Takes a reference away; says whether it was given.
    @discardableResult
    package func remove(_ reference: Reference) throws -> Bool {
        try remove(named: reference.withDefaultTag.description)
    }

    /// Takes a name away; says whether it was given.
    @discardableResult
    package func remove(named name: String) throws -> Bool {
        var wasThere = false
        try change { wasThere = $0.remove(name) }
        return wasThere
    }

    /// The whole index, with what other programs put there.
    func read() throws -> LayoutIndex {
        let path = "\(directory.path)/\(Self.file)"
        return try StoreError.explain("read \(path)") {
            guard let bytes = try directory.root.document(Self.file, limit: LayoutIndex.limit) else {
                throw StoreError(
                    .corrupt,
                    "\(path) is missing; put it back, or delete \(directory.path)/oci-layout to go on "
                        + "without the names that it held")
            }
            do throws(OCIError) {
                return try LayoutIndex(parsing: bytes)
            } catch {
                throw StoreError(
                    .corrupt, "\(path) cannot be used: \(error.description); put a good copy back")
            }
        }
    }

    private func change(_ body: (inout LayoutIndex) -> Void) throws {
        try StoreError.explain("write \(directory.path)/\(Self.file)") {
            let lock = try FileLock.acquire("index", in: directory.folder(.locks), .exclusive)
            try withExtendedLifetime(lock) { try rewrite(body) }
        }
    }

    private func rewrite(_ body: (inout LayoutIndex) -> Void) throws {
        var index = try read()
        let old = index.encoded()
        body(&index)
        let new = index.encoded()
        // A value that is there was settled by whoever wrote it. What a new one leads to may have been put by a
        // process that did not come to settle it.
        if new != old { directory.noteUnsettled(blobs: true, remote: true) }
        try directory.settle()
        if new == old { return }
        guard new.count <= LayoutIndex.limit else {
            throw StoreError(
                .tooLarge,
                "the store \(directory.path) holds too many names for one index.json; remove some with "
                    + "`chalk-image rm`")
        }
        try directory.put(new, as: Self.file, in: directory.root, .synced)
        try directory.root.sync()
    }
}
