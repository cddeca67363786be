internal import ChalkOCI
internal import ChalkSystem

/// Carries out an ``UploadPlan`` for one blob.
struct BlobUpload {
    let client: RegistryClient
    let blob: Descriptor
    let content: BlobContent
    let reference: Reference
    let mountFrom: String?
    let memory: (any UploadMemory)?
    let progress: ((Int64) -> Void)?

    /// How long a piece that is on its way may take after a cancellation: a piece that arrives whole is kept by
    /// every registry, a torn one ends the session with some (docker-registry 2).
    private static let grace = Duration.seconds(5)

    /// What a push needs to be allowed to do.
    static func scopes(_ reference: Reference, mountFrom: String?) -> [TokenScope] {
        let own = TokenScope.push(reference.repository)
        return mountFrom.map { [own, .pull($0)] } ?? [own]
    }

    private var scopes: [TokenScope] { BlobUpload.scopes(reference, mountFrom: mountFrom) }

    func run() throws -> PushOutcome {
        do {
            let outcome = try upload()
            forget()
            return outcome
        } catch let fault as Fault where [.refused, .digestMismatch, .content].contains(fault.code) {
            // Nobody gets further with this session; after any other failure somebody may.
            forget()
            throw fault
        }
    }

    private func upload() throws -> PushOutcome {
        var plan = UploadPlan(size: blob.size, chunk: client.options.uploadChunk, kept: try keptSession())
        var budget = client.retryBudget()
        var farthest: Int64 = 0
        while true {
            if plan.action != .confirm, plan.action != .done, let setback = plan.takeSetback() {
                if case .fail = plan.action { throw setback }
                try budget.spend(on: setback)
            }
            do {
                switch plan.action {
                case .open:
                    guard let session = try client.open(blob.digest, reference, mountFrom: mountFrom) else {
                        return .mounted
                    }
                    plan.opened(session.url, minimumChunk: session.minimumChunk)
                    keep(session.url)
                case .patch(let url, let range, let isRanged):
                    try patch(url, range, isRanged, &plan)
                    if range.upperBound > farthest {
                        farthest = range.upperBound
                        budget.reset()
                    }
                case .put(let url, let range, let isRanged):
                    try put(url, range, isRanged)
                    plan.finished()
                case .locate(let url):
                    try locate(url, &plan)
                    if let offset = plan.offset, offset - farthest >= 1 << 20 {
                        farthest = offset
                        budget.reset()
                    }
                case .confirm:
                    plan.confirmed(try client.retrying { try client.has(blob.digest, reference) })
                case .done:
                    return .uploaded
                case .fail(let fault):
                    throw fault
                }
            } catch let fault as Fault where fault.code != .content && plan.action != .fail(fault) {
                plan.failed(fault)
            }
        }
    }

    private func patch(
        _ url: HTTPURL, _ range: Range<Int64>, _ isRanged: Bool, _ plan: inout UploadPlan
    ) throws {
        let response = try send("PATCH", url, range, isRanged, client.options.timeouts.answer)
        guard (200..<300).contains(response.status) else {
            throw client.fault(response, for: reference, scopes: scopes)
        }
        response.body.discard()
        let next = try client.session(response, reference)
        plan.accepted(next, offset: UploadRange(response.head.headers["Range"] ?? "")?.count)
        if let next { keep(next) }
    }

    private func put(_ url: HTTPURL, _ range: Range<Int64>, _ isRanged: Bool) throws {
        let target = url.adding(query: [("digest", blob.digest.description)])
        let response = try send("PUT", target, range, isRanged, client.options.timeouts.commit)
        guard (200..<300).contains(response.status) else {
            throw client.fault(response, for: reference, scopes: scopes)
        }
        response.body.discard()
        if let theirs = try response.claimedDigest(), theirs != blob.digest {
            throw Fault(.digestMismatch, "the registry stored \(theirs) instead")
        }
    }

    private func locate(_ url: HTTPURL, _ plan: inout UploadPlan) throws {
        let response = try client.perform("GET", url, for: reference, scopes: scopes)
        guard (200..<300).contains(response.status) else {
            throw client.fault(response, for: reference, scopes: scopes)
        }
        response.body.discard()
        let next = try client.session(response, reference)
        plan.located(next, offset: UploadRange(response.head.headers["Range"] ?? "")?.count ?? 0)
        if let next { keep(next) }
    }

    /// The session that an earlier process left, unless it is one of a small blob or leads away from TLS.
    private func keptSession() throws -> HTTPURL? {
        guard blob.size > UploadPlan.smallest, let text = memory?.location() else { return nil }
        let home = try client.origin(of: reference.registry)
        guard let url = HTTPURL(text), url.origin.isSecure || !home.isSecure else {
            memory?.forget()
            return nil
        }
        return url
    }

    private func keep(_ session: HTTPURL) {
        if blob.size > UploadPlan.smallest { memory?.keep(session.text) }
    }

    private func forget() {
        if blob.size > UploadPlan.smallest { memory?.forget() }
    }

    private func send(
        _ method: String, _ url: HTTPURL, _ range: Range<Int64>, _ isRanged: Bool, _ timeout: Duration
    ) throws -> HTTPResponse {
        var headers = HTTPHeaders([("Content-Type", "application/octet-stream")])
        if isRanged { headers["Content-Range"] = "\(range.lowerBound)-\(range.upperBound - 1)" }
        let body = RequestBody(
            offset: range.lowerBound, length: range.upperBound - range.lowerBound, content: content,
            progress: progress)
        return try client.perform(
            method, url, for: reference, scopes: scopes, headers: headers, body: range.isEmpty ? nil : body,
            answerTimeout: timeout, grace: method == "PATCH" ? BlobUpload.grace : nil)
    }
}

/// The Range field of upload answers, `0-<last byte>`, with or without a unit (distribution-spec).
struct UploadRange: Hashable, Sendable {
    /// Bytes that the registry has.
    let count: Int64

    init?(_ text: String) {
        let bare = text.hasPrefix("bytes=") ? text.dropFirst(6) : text[...]
        let ends = bare.split(separator: "-", omittingEmptySubsequences: false)
        guard ends.count == 2, ends[0] == "0", let last = Int64(ends[1]), last >= 0, last < .max else {
            return nil
        }
        // Registries say 0-0 for nothing at all; a session of one byte is not worth telling apart.
        count = last == 0 ? 0 : last + 1
    }
}
