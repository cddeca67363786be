package import ChalkOCI
internal import ChalkSystem

/// Bytes that another room keeps, by a digest that says what they are about; with a checksum, and nothing is
/// lost without them.
package struct CheckedFiles: Sendable {
    /// Most bytes of a file: 256 MiB.
    package static let limit = 256 << 20
    private static let magic = "chalk-index 1 "
    private let directory: StoreDirectory
    private let folder: StoreFolder

    init(_ directory: StoreDirectory, _ folder: StoreFolder) {
        self.directory = directory
        self.folder = folder
    }

    /// Keeps the bytes instead of earlier ones.
    package func put(_ bytes: [UInt8], for digest: Digest) throws {
        guard bytes.count <= Self.limit else {
            throw StoreError(
                .tooLarge,
                "what is to be kept in \(folder.rawValue) for \(digest) has \(bytes.count) bytes, more than "
                    + "\(Self.limit); make the layer smaller")
        }
        let head = Array((Self.magic + Digest.of(bytes).hex + "\n").utf8)
        try StoreError.explain("write chalk/\(folder.rawValue) in the store \(directory.path)") {
            try directory.put(head + bytes, as: digest.hex, in: directory.folder(folder), .checkedWhenRead)
        }
    }

    /// The bytes; nil when there are none or not good ones.
    package func get(_ digest: Digest) -> [UInt8]? {
        guard let open = try? directory.existingFolder(folder),
            let file = try? open.document(digest.hex, limit: Self.limit + 128)
        else { return nil }
        return Self.content(of: file)
    }

    /// What is kept, and how many bytes each file has.
    package func list() throws -> [(digest: Digest, size: Int64)] {
        try StoreError.explain("list chalk/\(folder.rawValue) in the store \(directory.path)") {
            guard let open = try directory.existingFolder(folder) else { return [] }
            return try open.entries().compactMap { entry in
                guard let digest = Digest(hex: String(decoding: entry.name, as: UTF8.self)),
                    let status = try open.statusIfPresent(of: entry.name)
                else { return nil }
                return (digest, status.size)
            }
        }
    }

    /// Forgets what is kept.
    package func remove(_ digest: Digest) throws {
        try StoreError.explain("remove from chalk/\(folder.rawValue) in the store \(directory.path)") {
            guard let open = try directory.existingFolder(folder) else { return }
            if try open.statusIfPresent(of: digest.hex) != nil { try open.removeFile(digest.hex) }
        }
    }

    /// What is behind the head of a file; nil when the head does not fit it.
    static func content(of file: [UInt8]) -> [UInt8]? {
        let length = magic.utf8.count + 65
        guard file.count >= length else { return nil }
        let content = Array(file[length...])
        let head = Array((magic + Digest.of(content).hex + "\n").utf8)
        return file[..<length].elementsEqual(head) ? content : nil
    }
}
