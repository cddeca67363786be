public import ChalkOCI

/// What a push or pull took in all.
public struct TransferTotals: Hashable, Sendable {
    /// Bytes that were sent to registries, those that had to be sent again among them.
    public var bytesSent: Int64 = 0
    /// Bytes that came from registries.
    public var bytesReceived: Int64 = 0
    /// Bytes of blobs that were there already.
    public var bytesSkipped: Int64 = 0
    /// Bytes of blobs that the registry took from another of its repositories.
    public var bytesMounted: Int64 = 0
    /// How often something was tried again after a failure.
    public var retries = 0
    /// Requests, those for tokens and after redirects among them.
    public var requests = 0
}

extension TransferTotals {
    /// The member `totals` of what `push` and `pull` print with `--json`.
    package var json: JSON {
        .object(present: [
            ("sent", .integer(bytesSent)), ("received", .integer(bytesReceived)),
            ("skipped", .integer(bytesSkipped)), ("mounted", .integer(bytesMounted)),
            ("retried", .integer(Int64(retries))), ("requests", .integer(Int64(requests))),
        ])
    }
}

/// What a push or pull has done.
public struct TransferResult: Hashable, Sendable {
    /// The manifest, or the index where the image is one of several platforms.
    public let digest: Digest
    /// What it took.
    public let totals: TransferTotals
}
