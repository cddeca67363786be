internal import ChalkOCI

/// What became of a ``CacheExport``.
public struct CacheExportSummary: Hashable, Sendable {
    /// Where to.
    public let cache: RemoteCache
    /// Results that were sent.
    public internal(set) var sent = 0
    /// Results that the cache had.
    public internal(set) var present = 0
    /// Bytes of blobs and manifests that were sent.
    public internal(set) var bytes: Int64 = 0
    /// Why not everything is in the cache; nil when it is.
    public internal(set) var failure: ChalkError?

    init(_ cache: RemoteCache) { self.cache = cache }
}

extension CacheExportSummary {
    /// What several builds sent to the same caches, together.
    static func joined(_ builds: [[CacheExportSummary]]) -> [CacheExportSummary] {
        var sums = builds.first ?? []
        for build in builds.dropFirst() {
            for (index, more) in build.enumerated() where sums.indices.contains(index) {
                sums[index].sent += more.sent
                sums[index].present += more.present
                sums[index].bytes += more.bytes
                sums[index].failure = sums[index].failure ?? more.failure
            }
        }
        return sums
    }

    /// One object of `--metadata-file`.
    var json: JSON {
        .object(present: [
            ("cache", .string(cache.description)), ("sent", .integer(Int64(sent))),
            ("present", .integer(Int64(present))), ("bytes", .integer(bytes)),
            ("failure", failure.map { .string($0.description) }),
        ])
    }
}
