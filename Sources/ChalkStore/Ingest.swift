package import ChalkOCI
package import ChalkSystem

/// Bytes on their way into the store; invisible until ``commit(expecting:size:)``, gone without it.
package final class Ingest: ByteSink {
    /// When a commit may count on the disk. The content is on the disk before the blob has its name, always.
    package enum Durability: Sendable {
        /// The name is on the disk when the commit returns.
        case immediate
        /// The name is on the disk before the next reference is written (``ContentStore/settle()``): one wait
        /// for many blobs. A killed process loses nothing, a power cut may lose blobs nobody refers to.
        case deferred
    }

    private let directory: StoreDirectory
    private let durability: Durability
    private var file: IngestFile?
    private var hasher = SHA256Hasher()
    /// Bytes so far.
    package private(set) var size: Int64 = 0

    init(_ directory: StoreDirectory, _ durability: Durability) throws {
        self.directory = directory
        self.durability = durability
        file = try StoreError.explain("start a blob in the store \(directory.path)") {
            try directory.makeIngest()
        }
    }

    /// Adds bytes.
    ///
    /// - Throws: ``StoreError``, `.full` when there is no room.
    package func write(_ bytes: ArraySlice<UInt8>) throws {
        guard let file else { throw ended() }
        try StoreError.explain("write a blob to the store \(directory.path)") { try file.file.write(bytes) }
        hasher.update(bytes)
        size += Int64(bytes.count)
    }

    /// Starts with the first bytes of a file, in the kernel where it can.
    ///
    /// - Parameter digest: what has taken in just these bytes, and no others.
    package func begin(
        with count: Int64, of source: borrowing FileDescriptor, digest: SHA256Hasher
    ) throws {
        guard let file else { throw ended() }
        precondition(size == 0, "a blob begins once")
        let task = "write a blob to the store \(directory.path)"
        do {
            try file.file.copy(count, from: source, at: 0)
        } catch {
            throw StoreError(error, while: task)
        }
        hasher = digest
        size = count
    }

    /// The state of the digest over all bytes so far (``SHA256Hasher/state``).
    package var digestState: [UInt8] { hasher.state }

    /// Makes the bytes a blob; one that is there already stays.
    ///
    /// - Parameters:
    ///   - expecting: the digest that the bytes must have.
    ///   - expectedSize: how many there must be.
    /// - Throws: ``StoreError`` `.mismatch` when they are others; the store is as before.
    @discardableResult
    package func commit(
        expecting: Digest? = nil, size expectedSize: Int64? = nil
    ) throws -> (digest: Digest, size: Int64) {
        guard let file else { throw ended() }
        defer { self.file = nil }
        let digest = hasher.finish()
        let name = expecting.map { "blob \($0)" } ?? "a blob"
        if let expectedSize, expectedSize != size {
            throw StoreError(
                .mismatch, "\(name) has \(size) bytes instead of \(expectedSize); fetch or make it again")
        }
        if let expecting, expecting != digest {
            throw StoreError(.mismatch, "\(name) has the bytes of \(digest); fetch or make it again")
        }
        try StoreError.explain("put blob \(digest) into the store \(directory.path)") {
            let present = try directory.blobs.directory.statusIfPresent(of: digest.hex)
            if present?.kind != .file || present?.size != size {
                try file.file.sync()
                try file.move(to: digest.hex, in: directory.blobs.directory)
            }
            // Also for one that was there: who put it may not have settled yet.
            directory.noteUnsettled(blobs: true)
            if durability == .immediate { try directory.settle() }
        }
        return (digest, size)
    }

    private func ended() -> StoreError {
        StoreError(.invalid, "a blob cannot be written after its commit; start another")
    }
}
