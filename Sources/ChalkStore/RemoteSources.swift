package import ChalkOCI
internal import ChalkSystem

/// Where a blob that is not in the store can be fetched: bases are descriptors until somebody needs their
/// bytes (design section 3).
package struct RemoteSource: Hashable, Sendable {
    /// Host and perhaps port.
    package let registry: String
    /// Path below the registry.
    package let repository: String
    /// What the blob is there.
    package let mediaType: MediaType
    /// Bytes.
    package let size: Int64

    /// A source from its parts.
    package init(registry: String, repository: String, mediaType: MediaType, size: Int64) {
        self.registry = registry
        self.repository = repository
        self.mediaType = mediaType
        self.size = size
    }
}

/// Remote sources by the digest of the blob; files of JSON below `chalk/remote`.
///
/// One is on the disk before any reference that is written after it, so an image never lacks both a blob and
/// its source.
package struct RemoteSources: Sendable {
    private let directory: StoreDirectory

    init(_ directory: StoreDirectory) { self.directory = directory }

    /// Notes where a blob can be fetched, instead of an earlier note. The same again writes nothing.
    package func put(_ source: RemoteSource, for digest: Digest) throws {
        if get(digest) == source { return }
        let json = JSON.object(present: [
            ("registry", .string(source.registry)), ("repository", .string(source.repository)),
            ("mediaType", .string(source.mediaType.name)), ("size", .integer(source.size)),
        ])
        try StoreError.explain("note the source of blob \(digest) in the store \(directory.path)") {
            try directory.put(json.canonical(), as: digest.hex, in: directory.folder(.remote), .synced)
            directory.noteUnsettled(remote: true)
        }
    }

    /// Where a blob can be fetched; nil when nobody noted it or the note cannot be read.
    package func get(_ digest: Digest) -> RemoteSource? {
        guard let folder = try? directory.existingFolder(.remote),
            let bytes = try? folder.document(digest.hex, limit: 65_536), let json = try? JSON.parse(bytes),
            let registry = json["registry"]?.string, let repository = json["repository"]?.string,
            let type = json["mediaType"]?.string, let size = json["size"]?.integer, size >= 0
        else { return nil }
        return RemoteSource(
            registry: registry, repository: repository, mediaType: MediaType(type), size: size)
    }

    /// Forgets where a blob can be fetched.
    package func remove(_ digest: Digest) throws {
        try StoreError.explain("forget the source of blob \(digest) in the store \(directory.path)") {
            guard let folder = try directory.existingFolder(.remote),
                try folder.statusIfPresent(of: digest.hex) != nil
            else { return }
            try folder.removeFile(digest.hex)
        }
    }
}
