internal import ChalkOCI

/// One change of a volume.
package enum VolumeEdit: Sendable {
    /// Puts a file; directories above it are made.
    case put(VolumePath, StoredFile)
    /// Puts all that a tree has below a directory, which is made where it is missing; what has other names stays.
    case merge(VolumePath, StoredTree)
    /// Removes a file or link, or also a directory with all below it.
    case remove(VolumePath, isRecursive: Bool)
}

/// A directory of a tree while it is being changed; only what changes is read and written.
final class EditedDirectory {
    private let trees: TreeStore
    private var document: TreeDocument
    /// The directories below that were looked into.
    private var inner: [[UInt8]: EditedDirectory] = [:]
    private var isChanged: Bool

    /// A directory of a tree; nil for a new one.
    init(_ tree: StoredTree?, _ trees: TreeStore) throws {
        self.trees = trees
        document = try tree.map { try trees.document($0) } ?? TreeDocument(mode: 0o755)
        isChanged = tree == nil
    }

    /// The tree after some changes, one after the other.
    ///
    /// - Throws: ``StoreError`` for what cannot be; nothing visible has changed then.
    static func tree(
        _ tree: StoredTree, with edits: [VolumeEdit], _ trees: TreeStore, _ batch: BlobBatch
    ) throws -> StoredTree {
        let top = try EditedDirectory(tree, trees)
        for edit in edits { try top.apply(edit) }
        return try top.written(batch) ?? tree
    }

    private func apply(_ edit: VolumeEdit) throws {
        switch edit {
        case .put(let path, let file):
            guard let name = path.components.last else {
                throw StoreError(.invalidRequest, "a file in a volume needs a name; say where it is put")
            }
            let directory = try directory(path.components.dropLast(), path)
            guard !directory.isDirectory(name) else {
                throw StoreError(
                    .conflict,
                    "\(path) is a directory in the volume; remove it first, or put the file elsewhere")
            }
            directory.set(name, .file(file))
        case .merge(let path, let tree):
            try directory(path.components[...], path).merge(tree, at: path)
        case .remove(let path, let isRecursive): try remove(path, isRecursive)
        }
    }

    private func remove(_ path: VolumePath, _ isRecursive: Bool) throws {
        guard let name = path.components.last else {
            throw StoreError(
                .invalidRequest,
                "the top of a volume cannot be removed; delete the volume, or name what is in it")
        }
        var directory = self
        for name in path.components.dropLast() {
            guard let next = try directory.existing(name) else { throw Self.absent(path) }
            directory = next
        }
        guard directory.isDirectory(name) || directory.document[name] != nil else { throw Self.absent(path) }
        if directory.isDirectory(name), !isRecursive {
            throw StoreError(
                .invalidRequest, "\(path) is a directory in the volume; say that all below it goes too (-r)")
        }
        directory.set(name, nil)
    }

    private static func absent(_ path: VolumePath) -> StoreError {
        StoreError(.notFound, "the volume has no \"\(path)\"")
    }

    private func merge(_ tree: StoredTree, at path: VolumePath) throws {
        for entry in try trees.document(tree).entries {
            let place = try VolumePath(path.bytes + [UInt8(ascii: "/")] + entry.name)
            guard case .directory(let below) = entry.node else {
                guard !isDirectory(entry.name) else {
                    throw StoreError(
                        .conflict,
                        "\(place) is a directory in the volume, and none in what is put there; remove it first"
                    )
                }
                set(entry.name, entry.node)
                continue
            }
            if isDirectory(entry.name) {
                try existing(entry.name)?.merge(below, at: place)
            } else if document[entry.name] == nil {
                set(entry.name, entry.node)
            } else {
                throw Self.noDirectory(place)
            }
        }
    }

    private static func noDirectory(_ path: VolumePath) -> StoreError {
        StoreError(
            .conflict, "\(path) is a file or link in the volume, and should be a directory; remove it first")
    }

    /// A directory below, made where it is missing.
    private func directory(_ names: ArraySlice<[UInt8]>, _ path: VolumePath) throws -> EditedDirectory {
        var directory = self
        for (index, name) in names.enumerated() {
            if let next = try directory.existing(name) {
                directory = next
            } else if directory.document[name] == nil {
                let made = try EditedDirectory(nil, trees)
                directory.inner[name] = made
                directory = made
            } else {
                throw Self.noDirectory(
                    try VolumePath(Array(names.prefix(index + 1).joined(separator: [0x2F]))))
            }
        }
        return directory
    }

    private func existing(_ name: [UInt8]) throws -> EditedDirectory? {
        if let open = inner[name] { return open }
        guard case .directory(let tree)? = document[name] else { return nil }
        let directory = try EditedDirectory(tree, trees)
        inner[name] = directory
        return directory
    }

    private func isDirectory(_ name: [UInt8]) -> Bool {
        if inner[name] != nil { return true }
        if case .directory? = document[name] { return true }
        return false
    }

    private func set(_ name: [UInt8], _ node: StoredNode?) {
        inner[name] = nil
        document[name] = node
        isChanged = true
    }

    /// Writes what changed; nil where nothing did.
    private func written(_ batch: BlobBatch) throws -> StoredTree? {
        for (name, directory) in inner {
            if let tree = try directory.written(batch) {
                document[name] = .directory(tree)
                isChanged = true
            }
        }
        return isChanged ? try trees.put(document, in: batch) : nil
    }
}
