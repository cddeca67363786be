internal import ChalkOCI

/// What a volume was at some time.
package struct StoredVersion: Hashable, Sendable {
    /// What was in it. Its digest is the version's name for people.
    package let tree: StoredTree
    /// Seconds since 1970.
    package let created: Int64
    /// What made it, in a word: `put`.
    package let origin: String
    /// The version before; it may have been pruned.
    let previous: Descriptor?

    /// The canonical bytes of its document.
    func encoded() -> [UInt8] {
        JSON.object(present: [
            ("tree", tree.descriptor.json), ("files", .integer(tree.files)), ("bytes", .integer(tree.bytes)),
            ("created", .integer(created)), ("origin", .string(origin)), ("previous", previous?.json),
        ]).canonical()
    }

    init(_ tree: StoredTree, created: Int64, origin: String, after previous: Descriptor?) {
        self.tree = tree
        self.created = created
        self.origin = origin
        self.previous = previous
    }

    /// - Throws: ``OCIError`` that says what is wrong.
    init(parsing bytes: [UInt8]) throws(OCIError) {
        let json = try JSON.parse(bytes)
        guard let value = json["tree"], let files = json["files"]?.integer, files >= 0,
            let size = json["bytes"]?.integer, size >= 0, let created = json["created"]?.integer
        else { throw OCIError(.invalidDocument, "it is no version of a volume") }
        let descriptor = try Descriptor(json: value, at: "tree")
        tree = StoredTree(digest: descriptor.digest, size: descriptor.size, files: files, bytes: size)
        self.created = created
        origin = json["origin"]?.string ?? ""
        previous = try json["previous"].map { json throws(OCIError) in
            try Descriptor(json: json, at: "previous")
        }
    }
}

/// What the documents of volumes lead to.
enum VolumeDocuments {
    /// The blobs that a document names; nil for a type that is none of volumes. A version does not lead to the one
    /// before it, which may be pruned.
    static func children(of type: MediaType, _ bytes: [UInt8]) throws(OCIError) -> [Descriptor]? {
        switch type {
        case .volumeVersion: return [try StoredVersion(parsing: bytes).tree.descriptor]
        case .volumePieces: return try FilePieces(parsing: bytes).pieces
        case .volumeTree:
            return try TreeDocument(parsing: bytes).entries.compactMap { entry in
                switch entry.node {
                case .directory(let tree): tree.descriptor
                case .file(let file):
                    file.pieces
                        ?? Descriptor(mediaType: .volumeContent, digest: file.digest, size: file.size)
                case .link: nil
                }
            }
        default: return nil
        }
    }

    /// Whether a blob of this type is a document of volumes.
    static func holds(_ type: MediaType) -> Bool {
        [.volumeVersion, .volumeTree, .volumePieces].contains(type)
    }
}
