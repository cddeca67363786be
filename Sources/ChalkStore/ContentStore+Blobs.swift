package import ChalkOCI
package import ChalkSystem

extension ContentStore {
    /// A blob of the store.
    package struct Blob: Hashable, Sendable {
        /// Its name.
        package let digest: Digest
        /// Bytes.
        package let size: Int64
    }

    /// Starts a blob.
    package func ingest(_ durability: Ingest.Durability = .immediate) throws -> Ingest {
        try Ingest(directory, durability)
    }

    /// Makes a blob of bytes at hand.
    @discardableResult
    package func put(_ bytes: [UInt8], _ durability: Ingest.Durability = .immediate) throws -> Digest {
        let digest = Digest.of(bytes)
        // Who refers to it next waits for its name as for any other (``References``).
        if durability == .deferred, try size(of: digest) == Int64(bytes.count) { return digest }
        let ingest = try ingest(durability)
        try ingest.write(bytes)
        return try ingest.commit().digest
    }

    /// Whether a blob is here, whatever its size.
    package func contains(_ digest: Digest) throws -> Bool {
        try size(of: digest) != nil
    }

    /// Whether a blob is here with the size that the descriptor says.
    package func contains(_ descriptor: Descriptor) throws -> Bool {
        try size(of: descriptor.digest) == descriptor.size
    }

    /// Bytes of a blob; nil when it is not here.
    package func size(of digest: Digest) throws -> Int64? {
        try StoreError.explain("look for blob \(digest) in the store \(path)") {
            try directory.blobs.size(of: digest)
        }
    }

    /// A blob's bytes from the start; checked when they came in, not again.
    ///
    /// - Throws: ``StoreError`` `.notFound`.
    package func open(_ digest: Digest) throws -> FileDescriptor {
        try StoreError.explain("open blob \(digest) in the store \(path)") {
            try directory.blobs.open(digest)
        }
    }

    /// A whole blob of at most `limit` bytes, checked against its digest.
    ///
    /// - Throws: ``StoreError`` `.notFound`, `.tooLarge`, `.corrupt`.
    package func read(_ digest: Digest, limit: Int = documentLimit) throws -> [UInt8] {
        try StoreError.explain("read blob \(digest) in the store \(path)") {
            try directory.blobs.read(digest, limit: limit)
        }
    }

    /// A blob's bytes, checked again while they are read.
    package func source(of descriptor: Descriptor) throws -> VerifiedSource {
        VerifiedSource(
            FileStream(try open(descriptor.digest)), digest: descriptor.digest, size: descriptor.size,
            origin: "the store \(path)")
    }

    /// Removes a blob; says whether it was here. Who calls this holds the exclusive ``StoreLock`` or knows
    /// that nobody needs the blob.
    @discardableResult
    package func remove(_ digest: Digest) throws -> Bool {
        try StoreError.explain("remove blob \(digest) from the store \(path)") {
            guard try directory.blobs.directory.statusIfPresent(of: digest.hex) != nil else { return false }
            try directory.blobs.directory.removeTree(digest.hex)
            return true
        }
    }

    /// Every blob, by digest.
    package func blobs() throws -> [Blob] {
        try StoreError.explain("list the blobs of the store \(path)") {
            var list: [Blob] = []
            for entry in try directory.blobs.directory.entries() {
                guard let digest = Digest(hex: String(decoding: entry.name, as: UTF8.self)),
                    let status = try directory.blobs.directory.statusIfPresent(of: entry.name),
                    status.kind == .file
                else { continue }
                list.append(Blob(digest: digest, size: status.size))
            }
            return list
        }
    }
}
