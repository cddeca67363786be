package import ChalkOCI
package import ChalkSystem

extension RegistryClient {
    /// Moves a blob of `size` bytes (as stored) into a sink, its digest computed on the way; a cut connection is
    /// gone on from where it broke.
    ///
    /// The sink has every byte when this returns. When it throws, the sink may have any number of bytes, wrong
    /// ones among them: its owner must not commit them.
    ///
    /// - Parameters:
    ///   - start: for a sink that computes the digest itself: how many bytes it has already. They are not asked for
    ///   again, and nothing is checked here but the number of bytes.
    ///   - usesMirrors: false to ask the registry alone, after a mirror sent other bytes.
    ///   - progress: told the number of bytes so far, on the calling thread.
    package func blob(
        _ digest: Digest, size: Int64, from reference: Reference, into sink: any ByteSink,
        after start: Int64? = nil, usesMirrors: Bool = true, progress: ((Int64) -> Void)? = nil
    ) throws {
        try naming("pull blob \(digest) from \(reference.name)") {
            var download = BlobDownload(size: size, sink: sink, after: start, progress: progress)
            if start != nil, download.received == size { return }
            // Another place goes on where the one before it failed: the bytes of a digest are the same everywhere.
            try pulling(reference, usesMirrors: usesMirrors) { place in
                var budget = retryBudget()
                while true {
                    let before = download.received
                    do {
                        return try go(on: &download, digest, place.reference)
                    } catch let fault as Fault {
                        // A link that breaks now and then must not end a long transfer that gets on.
                        if download.received - before >= 1 << 20 { budget.reset() }
                        if place.isMirror { throw fault }
                        try budget.wait(after: fault)
                    }
                }
            }
            if let got = download.hasher?.finish(), got != digest {
                throw Fault(
                    .digestMismatch, "what came has digest \(got)" + download.note,
                    remedy: "the registry's copy is damaged; push it again")
            }
        }
    }

    private func go(on download: inout BlobDownload, _ digest: Digest, _ reference: Reference) throws {
        let scopes = [TokenScope.pull(reference.repository)]
        var headers = HTTPHeaders()
        if download.received > 0 { headers["Range"] = "bytes=\(download.received)-" }
        let response = try perform(
            "GET", try url(reference, "blobs/\(digest)"), for: reference, scopes: scopes, headers: headers)
        guard response.status == 200 || response.status == 206 else {
            throw fault(response, for: reference, scopes: scopes)
        }
        try download.take(response)
    }
}

/// How far a blob has come.
private struct BlobDownload {
    let size: Int64
    let sink: any ByteSink
    let progress: ((Int64) -> Void)?
    var received: Int64
    var hasher: SHA256Hasher?
    /// Words about the last answer, for an error.
    var note = ""

    init(size: Int64, sink: any ByteSink, after start: Int64?, progress: ((Int64) -> Void)?) {
        self.size = size
        received = start ?? 0
        hasher = start == nil ? SHA256Hasher() : nil
        self.sink = sink
        self.progress = progress
    }

    /// Takes in what an answer brings.
    mutating func take(_ response: HTTPResponse) throws {
        note = response.codingNote
        var skip: Int64 = 0
        if response.status == 206 {
            let start = ContentRange(response.head.headers["Content-Range"] ?? "")
            guard let start, start.first == received, start.total == nil || start.total == size else {
                throw Fault.violation("it sends another range of bytes than was asked for")
            }
        } else {
            // The whole blob: what is here already is read again and left out.
            skip = received
            if let length = try response.head.contentLength(), length != size {
                throw Fault.violation("it sends \(length) bytes instead of \(size)" + note)
            }
        }
        var buffer = [UInt8](repeating: 0, count: 262_144)
        while case let got = try response.body.read(into: &buffer), got > 0 {
            let from = Int(min(skip, Int64(got)))
            skip -= Int64(from)
            if from == got { continue }
            let piece = buffer[from..<got]
            guard received + Int64(piece.count) <= size else {
                throw Fault.violation("it sends more than \(size) bytes" + note)
            }
            hasher?.update(piece)
            try sink.write(piece)
            received += Int64(piece.count)
            progress?(received)
        }
        if received < size {
            // Only a body without a length can end early without an error of its own.
            throw Fault(
                .network, "only \(received) of \(size) bytes came" + note, isTransient: true)
        }
    }
}

/// `bytes 5-9/10` (RFC 9110 section 14.4).
struct ContentRange: Hashable, Sendable {
    let first: Int64
    let last: Int64
    /// Nil for `*`.
    let total: Int64?

    init?(_ text: String) {
        let words = text.split(separator: " ", omittingEmptySubsequences: true)
        guard words.count == 2, words[0].lowercased() == "bytes" else { return nil }
        let parts = words[1].split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2 else { return nil }
        let ends = parts[0].split(separator: "-", omittingEmptySubsequences: false)
        guard ends.count == 2, let first = Int64(ends[0]), let last = Int64(ends[1]), first >= 0,
            last >= first
        else { return nil }
        if parts[1] == "*" {
            total = nil
        } else {
            guard let count = Int64(parts[1]), count > last else { return nil }
            total = count
        }
        self.first = first
        self.last = last
    }
}
