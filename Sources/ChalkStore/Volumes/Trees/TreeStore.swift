internal import ChalkOCI
internal import ChalkSystem

/// Trees and contents of files in the blobs of a store.
struct TreeStore: Sendable {
    let directory: StoreDirectory

    /// The topmost directory of a tree.
    ///
    /// - Throws: ``StoreError`` `.notFound` where it is gone, `.corrupt` where it is not what it was.
    func document(_ tree: StoredTree) throws -> TreeDocument {
        let bytes = try directory.blobs.read(tree.digest, limit: TreeDocument.limit)
        return try explain(tree.digest) { () throws(OCIError) in try TreeDocument(parsing: bytes) }
    }

    /// Puts a directory.
    func put(_ document: TreeDocument, in batch: BlobBatch) throws -> StoredTree {
        let bytes = document.encoded()
        guard bytes.count <= TreeDocument.limit else {
            throw StoreError(
                .tooLarge,
                "a directory of the volume has \(document.entries.count) entries, too many to be kept; divide "
                    + "it")
        }
        let descriptor = try batch.put(bytes, type: .volumeTree)
        return StoredTree(
            digest: descriptor.digest, size: descriptor.size, files: document.files, bytes: document.bytes)
    }

    /// What a path is; the tree itself for the empty one.
    func node(at path: VolumePath, in tree: StoredTree) throws -> StoredNode? {
        var node = StoredNode.directory(tree)
        for name in path.components {
            guard case .directory(let tree) = node, let next = try document(tree)[name] else { return nil }
            node = next
        }
        return node
    }

    /// The blobs of a file's content, in order.
    func pieces(of file: StoredFile) throws -> [Descriptor] {
        guard let list = file.pieces else {
            return [Descriptor(mediaType: .volumeContent, digest: file.digest, size: file.size)]
        }
        let bytes = try directory.blobs.read(list.digest, limit: TreeDocument.limit)
        return try explain(list.digest) { () throws(OCIError) in try FilePieces(parsing: bytes) }.pieces
    }

    /// Gives a file's content to `body`, piece by piece, each checked.
    func read(_ file: StoredFile, _ body: ([UInt8]) throws -> Void) throws {
        for piece in try pieces(of: file) {
            try body(try directory.blobs.read(piece.digest, limit: FilePieces.size))
        }
    }

    private func explain<T>(_ digest: Digest, _ body: () throws(OCIError) -> T) throws -> T {
        do {
            return try body()
        } catch {
            throw StoreError(
                .corrupt,
                "blob \(digest) in the store \(directory.path), which a volume needs, cannot be used: "
                    + "\(error.description)")
        }
    }
}
