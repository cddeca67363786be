package import ChalkOCI
package import ChalkSystem

extension Volumes {
    /// Changes a volume by one move of its reference: whoever looks sees all of the changes or none.
    ///
    /// - Parameters:
    ///   - origin: what makes the version, in a word.
    ///   - expected: the digest of the version that must be the newest; nil for any.
    ///   - edits: what is done to it. Files and trees that they name were taken in by ``take(_:)``.
    /// - Returns: the digest of the newest version now.
    /// - Throws: ``StoreError`` `.conflict` where another version is the newest, or a path is something else;
    ///   `.notFound`.
    @discardableResult
    package func change(
        _ name: VolumeName, origin: String, ifMatch expected: Digest? = nil,
        _ edits: (Intake) throws -> [VolumeEdit]
    ) throws -> Digest {
        try working("write the volume \(name)") {
            let batch = BlobBatch(directory)
            // Before the volume is locked: others may go on while files are read.
            let edits = try edits(Intake(trees, batch))
            try batch.flush()
            return try opened(name) { folder, reference in
                var reference = reference
                let head = try version(reference.head)
                if let expected, expected != head.tree.digest {
                    throw StoreError(
                        .conflict,
                        "the volume \(name) is at \(head.tree.digest) and not at \(expected); look at what "
                            + "changed and try again")
                }
                let tree = try EditedDirectory.tree(head.tree, with: edits, trees, batch)
                try move(folder, &reference, to: tree, origin: origin, batch)
                var state = try folder.readState()
                // Users see it at once; without users the next one brings the directory up to it.
                if state.isInUse { try follow(folder, reference, &state) }
                return tree.digest
            }
        }
    }

    /// Takes files into the store that a change is about to name.
    package struct Intake {
        private let trees: TreeStore
        private let batch: BlobBatch

        init(_ trees: TreeStore, _ batch: BlobBatch) {
            self.trees = trees
            self.batch = batch
        }

        /// A file of some bytes.
        package func file(_ source: any ByteSource, mode: UInt32 = 0o644) throws -> StoredFile {
            var hasher = SHA256Hasher()
            var pieces: [Descriptor] = []
            var piece: [UInt8] = []
            var size: Int64 = 0
            func end() throws {
                pieces.append(try batch.put(piece, type: .volumeContent))
                piece.removeAll(keepingCapacity: true)
            }
            var buffer = [UInt8](repeating: 0, count: 262_144)
            while case let got = try source.read(into: &buffer), got > 0 {
                hasher.update(buffer[..<got])
                size += Int64(got)
                var rest = buffer[..<got]
                while !rest.isEmpty {
                    if piece.count == FilePieces.size { try end() }
                    let part = rest.prefix(FilePieces.size - piece.count)
                    piece += part
                    rest = rest.dropFirst(part.count)
                }
            }
            if pieces.isEmpty || !piece.isEmpty { try end() }
            let list =
                pieces.count == 1
                ? nil : try batch.put(FilePieces(pieces).encoded(), type: .volumePieces)
            return StoredFile(
                mode: mode, uid: 0, gid: 0, digest: hasher.finish(), size: size, pieces: list)
        }

        /// A file of the host, with the mode that it has in layers.
        package func file(_ file: borrowing FileDescriptor, path: String) throws -> StoredFile {
            var capture = try TreeCapture(trees, batch, .plain)
            return try capture.file(file, at: path.pathBytes)
        }

        /// A directory of the host with all below it, with modes as in layers.
        package func tree(_ directory: borrowing FileDescriptor) throws -> StoredTree {
            var capture = try TreeCapture(trees, batch, .plain)
            return try capture.tree(of: directory)
        }
    }

    /// Moves the reference to a tree unless it is there.
    func move(
        _ folder: borrowing VolumeFolder, _ reference: inout VolumeFolder.Reference, to tree: StoredTree,
        origin: String, _ batch: BlobBatch
    ) throws {
        if try version(reference.head).tree == tree { return }
        reference.head = try put(tree, origin: origin, after: reference.head, batch)
        try folder.write(reference)
    }

    /// Writes the document of a version.
    func put(
        _ tree: StoredTree, origin: String, after previous: Descriptor?, _ batch: BlobBatch
    ) throws -> Descriptor {
        let version = StoredVersion(
            tree, created: directory.clock(), origin: origin, after: previous)
        let descriptor = try batch.put(version.encoded(), type: .volumeVersion)
        try batch.flush()
        return descriptor
    }

    /// A version from its document.
    func version(_ descriptor: Descriptor) throws -> StoredVersion {
        let bytes = try directory.blobs.read(descriptor.digest, limit: ContentStore.documentLimit)
        do throws(OCIError) {
            return try StoredVersion(parsing: bytes)
        } catch {
            throw StoreError(
                .corrupt,
                "blob \(descriptor.digest) in the store \(directory.path) cannot be used: "
                    + "\(error.description)")
        }
    }

    /// A version and all before it that were not pruned.
    func chain(_ head: Descriptor) throws -> [(descriptor: Descriptor, version: StoredVersion)] {
        var chain: [(Descriptor, StoredVersion)] = []
        var next: Descriptor? = head
        while let descriptor = next {
            guard try chain.isEmpty || directory.blobs.size(of: descriptor.digest) != nil else { break }
            let version = try version(descriptor)
            chain.append((descriptor, version))
            next = version.previous
        }
        return chain
    }
}
