package import ChalkSystem

extension Volumes {
    /// A name in a version of a volume, with its path from the top.
    package struct Item: Hashable, Sendable {
        /// The path, without a slash at the front.
        package let path: [UInt8]
        /// What it is.
        package let node: StoredNode

        /// A name from its parts.
        package init(path: [UInt8], node: StoredNode) {
            self.path = path
            self.node = node
        }
    }

    /// What is at a path of a version.
    ///
    /// - Throws: ``StoreError`` `.notFound`.
    package func node(_ path: VolumePath, of version: StoredVersion) throws -> StoredNode {
        guard let node = try trees.node(at: path, in: version.tree) else {
            throw StoreError(.notFound, "the volume has no \"\(path)\"")
        }
        return node
    }

    /// What is in a directory of a version, by path; at any depth, or only there.
    package func items(below tree: StoredTree, at path: VolumePath, recursive: Bool) throws -> [Item] {
        var items: [Item] = []
        for entry in try trees.document(tree).entries {
            let place = path.isTop ? entry.name : path.bytes + [UInt8(ascii: "/")] + entry.name
            items.append(Item(path: place, node: entry.node))
            if recursive, case .directory(let below) = entry.node {
                items += try self.items(below: below, at: VolumePath(place), recursive: true)
            }
        }
        return items
    }

    /// Gives a file's content to a sink.
    package func read(_ file: StoredFile, into sink: some ByteSink) throws {
        try trees.read(file) { try sink.write($0) }
    }

    /// Writes a file or link into a directory of somebody's, in the place of what has the name.
    package func write(
        _ node: StoredNode, as name: [UInt8], into directory: borrowing FileDescriptor
    ) throws {
        try LiveTree(trees, isForPeople: true).put(node, as: name, in: directory)
    }

    /// Writes a tree into an empty directory of somebody's.
    package func write(_ tree: StoredTree, into directory: borrowing FileDescriptor) throws {
        try LiveTree(trees, isForPeople: true).update(directory, from: nil, to: tree)
    }
}
