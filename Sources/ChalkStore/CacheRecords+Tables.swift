package import ChalkOCI
internal import ChalkSystem

extension CacheRecords {
    /// Most bytes of a file table: 256 MiB.
    static let tableLimit = 256 << 20

    /// Keeps the file table of a record; one that is there already stays.
    package func putTable(_ bytes: [UInt8]) throws -> Digest {
        guard bytes.count <= Self.tableLimit else {
            throw StoreError(
                .tooLarge,
                "a file table of \(bytes.count) bytes is more than \(Self.tableLimit); copy fewer files "
                    + "at once"
            )
        }
        let digest = Digest.of(bytes)
        try StoreError.explain("keep a file table in the store \(directory.path)") {
            let folder = try directory.folder(.tables)
            if try folder.statusIfPresent(of: digest.hex)?.size == Int64(bytes.count) { return }
            try directory.put(bytes, as: digest.hex, in: folder, .checkedWhenRead)
        }
        return digest
    }

    /// A file table, checked against its digest; nil when it is not there or not good.
    package func table(_ digest: Digest) -> [UInt8]? {
        guard let folder = try? directory.existingFolder(.tables),
            let bytes = try? folder.document(digest.hex, limit: Self.tableLimit), Digest.of(bytes) == digest
        else { return nil }
        return bytes
    }
}
