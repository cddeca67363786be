internal import ChalkOCI
internal import ChalkSystem

/// Counts and hashes what passes from a source to its reader.
final class DigestingSource: ByteSource {
    private let source: any ByteSource
    private var hasher = SHA256Hasher()
    private(set) var count: Int64 = 0
    private let cancellation: Cancellation?

    init(_ source: any ByteSource, cancellation: Cancellation? = nil) {
        self.source = source
        self.cancellation = cancellation
    }

    /// The digest of all that was read.
    var digest: Digest { hasher.finish() }

    func read(into buffer: inout [UInt8]) throws -> Int {
        try cancellation?.check()
        let got = try source.read(into: &buffer)
        hasher.update(buffer[..<got])
        count += Int64(got)
        return got
    }
}
