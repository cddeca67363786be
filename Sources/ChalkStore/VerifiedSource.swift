package import ChalkOCI
package import ChalkSystem

/// Bytes that turn into an error at their end, or before, when they are not those of a digest and size.
///
/// Nothing that was read counts before the end was reached: `read` throws there, or returns 0.
package final class VerifiedSource: ByteSource {
    private let source: any ByteSource
    private let digest: Digest
    private let size: Int64
    private let origin: String
    private var hasher = SHA256Hasher()
    private var count: Int64 = 0
    private var isDone = false

    /// A source of the bytes that `digest` and `size` name.
    ///
    /// - Parameter origin: where they come from, for the sentence of an error.
    package init(_ source: any ByteSource, digest: Digest, size: Int64, origin: String) {
        self.source = source
        self.digest = digest
        self.size = size
        self.origin = origin
    }

    /// - Throws: ``StoreError`` `.mismatch` when there are too many or few bytes, or other ones.
    package func read(into buffer: inout [UInt8]) throws -> Int {
        if isDone || buffer.isEmpty { return 0 }
        let got = try source.read(into: &buffer)
        if got == 0 {
            try finish()
            return 0
        }
        count += Int64(got)
        if count > size { throw mismatch("has more than the \(size) bytes it should have") }
        hasher.update(buffer[..<got])
        return got
    }

    private func finish() throws {
        isDone = true
        if count < size { throw mismatch("ends after \(count) of \(size) bytes") }
        let actual = hasher.finish()
        if actual != digest { throw mismatch("has the bytes of \(actual)") }
    }

    private func mismatch(_ what: String) -> StoreError {
        StoreError(.mismatch, "blob \(digest) from \(origin) \(what); fetch or make it again")
    }
}
