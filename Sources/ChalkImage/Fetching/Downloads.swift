internal import ChalkOCI
internal import ChalkPlan
internal import ChalkRegistry
internal import ChalkStore

/// Files of URLs, kept in the store as blobs. What is known of a URL is asked for again, not fetched.
struct Downloads {
    private let session: BuildSession

    init(session: BuildSession) { self.session = session }

    private var store: ContentStore { session.store }

    private var client: WebClient {
        WebClient(options: session.options.transfer.registryOptions, cancellation: session.cancellation)
    }

    /// The file, fetched unless the store has the one with that checksum or the server says that it has not changed.
    func fetch(_ download: Download) throws -> FetchedFile {
        if let file = try pinned(download) { return file }
        let known = try remembered(download.url)
        var ingest: Ingest?
        let version = try client.fetch(download.url, unless: known?.version) {
            let started = try store.ingest(.deferred)
            ingest = started
            return started
        }
        guard let version, let ingest else {
            guard let known else {
                throw ChalkError(.failed, "the server of \(shown(download)) sent nothing")
            }
            return try checked(file(download, known.digest, known.size), download)
        }
        let blob = try ingest.commit()
        let memory = DownloadMemory(digest: blob.digest, size: blob.size, version: version)
        try store.downloads.put(memory.encoded, for: DownloadMemory.place(of: download.url))
        return try checked(file(download, blob.digest, blob.size), download)
    }

    /// The file, without fetching it.
    ///
    /// - Throws: ``UnknownBeforeBuild`` where that does not do.
    func known(_ download: Download) throws -> FetchedFile {
        if let file = try pinned(download) { return file }
        guard download.checksum == nil, let known = try remembered(download.url),
            try client.isUnchanged(download.url, since: known.version)
        else {
            throw UnknownBeforeBuild(
                reason: "what is at \(shown(download)) cannot be known without fetching it")
        }
        return file(download, known.digest, known.size)
    }

    private func pinned(_ download: Download) throws -> FetchedFile? {
        guard let checksum = download.checksum, let size = try store.size(of: checksum) else { return nil }
        return file(download, checksum, size)
    }

    private func remembered(_ url: String) throws -> DownloadMemory? {
        guard let bytes = store.downloads.get(DownloadMemory.place(of: url)),
            let memory = DownloadMemory(bytes), try store.size(of: memory.digest) == memory.size
        else { return nil }
        return memory
    }

    private func checked(_ file: FetchedFile, _ download: Download) throws -> FetchedFile {
        guard let checksum = download.checksum, checksum != file.digest else { return file }
        throw ChalkError(
            .failed,
            "what is at \(shown(download)) has the digest \(file.digest), not the \(checksum) of --checksum; look at what changed there before you change the checksum"
        )
    }

    private func file(_ download: Download, _ digest: Digest, _ size: Int64) -> FetchedFile {
        FetchedFile(url: shown(download), name: download.name, digest: digest, size: size, store: store)
    }

    /// The URL without credentials and query, which may hold a secret.
    private func shown(_ download: Download) -> String {
        let whole = download.url.prefix { $0 != "?" && $0 != "#" }
        guard let slash = whole.firstIndex(of: "/") else { return String(whole) }
        let rest = whole[slash...].dropFirst(2)
        let end = rest.firstIndex(of: "/") ?? rest.endIndex
        guard let at = rest[..<end].lastIndex(of: "@") else { return String(whole) }
        return String(whole[..<slash] + "//" + rest[rest.index(after: at)...])
    }
}

/// What is known of a URL's file from the last time it was fetched.
struct DownloadMemory: Hashable, Sendable {
    let digest: Digest
    /// Bytes.
    let size: Int64
    let version: WebClient.Version

    init(digest: Digest, size: Int64, version: WebClient.Version) {
        self.digest = digest
        self.size = size
        self.version = version
    }

    /// What was kept; nil for other bytes, and for a file whose server gave it no version.
    init?(_ bytes: [UInt8]) {
        guard let json = try? JSON.parse(bytes), let digest = json["digest"]?.string.flatMap({ Digest($0) }),
            let size = json["size"]?.integer
        else { return nil }
        let version = WebClient.Version(
            entityTag: json["etag"]?.string, lastModified: json["lastModified"]?.string)
        if version.entityTag == nil, version.lastModified == nil { return nil }
        self.init(digest: digest, size: size, version: version)
    }

    var encoded: [UInt8] {
        JSON.object(present: [
            ("digest", .string(digest.description)), ("size", .integer(size)),
            ("etag", version.entityTag.map { .string($0) }),
            ("lastModified", version.lastModified.map { .string($0) }),
        ]).canonical()
    }

    /// Where it is kept.
    static func place(of url: String) -> Digest { Digest.of(Array("url \(url)".utf8)) }
}
