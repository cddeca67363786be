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

    /// Most repositories that are noted for one blob, beside the one where it can be fetched.
    private static let copyLimit = 16

    /// Notes where a blob can be fetched, instead of an earlier note. The same again writes nothing.
    package func put(_ source: RemoteSource, for digest: Digest) throws {
        if get(digest) == source { return }
        try write(source, copies(of: digest), for: digest, .synced)
    }

    /// Notes that a repository has a blob too, beside the place where it can be fetched.
    package func addCopy(_ copy: RemoteSource, of digest: Digest) throws {
        // Nobody depends on the note while the blob is here.
        let promise: StoreDirectory.Promise =
            try directory.blobs.size(of: digest) == nil ? .synced : .checkedWhenRead
        guard let source = get(digest) else { return try write(copy, [], for: digest, promise) }
        let place = Place(registry: copy.registry, repository: copy.repository)
        var copies = copies(of: digest)
        if copies.contains(place) || place == Place(source) { return }
        copies.insert(place, at: 0)
        try write(source, Array(copies.prefix(Self.copyLimit)), for: digest, promise)
    }

    /// Repositories of a registry that had a blob when last heard of.
    package func repositories(of registry: String, with digest: Digest) -> [String] {
        guard let source = get(digest) else { return [] }
        return ([Place(source)] + copies(of: digest)).filter { $0.registry == registry }.map(\.repository)
    }

    private struct Place: Hashable {
        let registry: String
        let repository: String

        init(registry: String, repository: String) {
            self.registry = registry
            self.repository = repository
        }

        init(_ source: RemoteSource) {
            self.init(registry: source.registry, repository: source.repository)
        }
    }

    private func copies(of digest: Digest) -> [Place] {
        (document(digest)?["copies"]?.array ?? []).compactMap { json in
            guard let registry = json["registry"]?.string, let repository = json["repository"]?.string else {
                return nil
            }
            return Place(registry: registry, repository: repository)
        }
    }

    private func write(
        _ source: RemoteSource, _ copies: [Place], for digest: Digest, _ promise: StoreDirectory.Promise
    ) throws {
        let places = copies.map {
            JSON.object(present: [
                ("registry", .string($0.registry)), ("repository", .string($0.repository)),
            ])
        }
        let json = JSON.object(present: [
            ("registry", .string(source.registry)), ("repository", .string(source.repository)),
            ("mediaType", .string(source.mediaType.name)), ("size", .integer(source.size)),
            ("copies", places.isEmpty ? nil : .array(places)),
        ])
        try StoreError.explain("note the source of blob \(digest) in the store \(directory.path)") {
            try directory.put(json.canonical(), as: digest.hex, in: directory.folder(.remote), promise)
            if promise == .synced { directory.noteUnsettled(remote: true) }
        }
    }

    private func document(_ digest: Digest) -> JSON? {
        guard let folder = try? directory.existingFolder(.remote),
            let bytes = try? folder.document(digest.hex, limit: 65_536)
        else { return nil }
        return try? JSON.parse(bytes)
    }

    /// Where a blob can be fetched; nil when nobody noted it or the note cannot be read.
    package func get(_ digest: Digest) -> RemoteSource? {
        guard let json = document(digest), let registry = json["registry"]?.string,
            let repository = json["repository"]?.string,
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
