package import ChalkOCI
package import ChalkSystem

/// How a blob got into a repository.
package enum PushOutcome: Hashable, Sendable {
    /// It was there.
    case existed
    /// The registry took it from another of its repositories.
    case mounted
    /// It was sent.
    case uploaded
}

extension RegistryClient {
    /// Uploads of at most this many bytes are not gone on with; they are begun again.
    package static let smallUpload = UploadPlan.smallest

    /// Whether a repository has a blob. Asks with the rights of a push, so that one token does for all of it.
    package func blobExists(_ digest: Digest, in reference: Reference) throws -> Bool {
        try naming("look for blob \(digest) in \(reference.name)") {
            try retrying { try has(digest, reference) }
        }
    }

    /// Asks a registry to take a blob from another of its repositories; false when it does not.
    package func mount(_ digest: Digest, from source: Reference, to reference: Reference) throws -> Bool {
        try naming("mount blob \(digest) from \(source.name) to \(reference.name)") {
            guard source.registry == reference.registry else { return false }
            return try retrying {
                guard let session = try open(digest, reference, mountFrom: source.repository) else {
                    return true
                }
                // Best effort: the registry clears away sessions that nobody goes on with.
                let scopes = BlobUpload.scopes(reference, mountFrom: source.repository)
                _ = try? perform("DELETE", session.url, for: reference, scopes: scopes).body.discard()
                return false
            }
        }
    }

    /// Gets a blob into a repository: nothing is sent when it is there, or when the registry can take it from
    /// `mountFrom`. A cut upload goes on from the registry's offset where the registry has one.
    ///
    /// - Parameters:
    ///   - blob: digest and size are those of the content, as it is sent.
    ///   - content: opens the content from its start; called again for every new attempt.
    ///   - mountFrom: a repository of the same registry that is known to have the blob.
    ///   - checksFirst: false when the caller knows that the blob is not there.
    ///   - progress: told how many bytes the registry has been sent, on the calling thread; may go back after a
    ///     failure.
    @discardableResult
    package func push(
        blob: Descriptor, content: @escaping () throws -> any ByteSource, to reference: Reference,
        mountFrom: Reference? = nil, checksFirst: Bool = true, progress: ((Int64) -> Void)? = nil
    ) throws -> PushOutcome {
        try push(
            blob: blob, from: BlobContent(whole: content), to: reference, mountFrom: mountFrom,
            checksFirst: checksFirst, progress: progress)
    }

    /// The same for content that can be opened anywhere.
    ///
    /// - Parameter memory: where a session is kept that a later process may go on with.
    @discardableResult
    package func push(
        blob: Descriptor, from content: BlobContent, to reference: Reference, mountFrom: Reference? = nil,
        checksFirst: Bool = true, memory: (any UploadMemory)? = nil, progress: ((Int64) -> Void)? = nil
    ) throws -> PushOutcome {
        try naming("push blob \(blob.digest) to \(reference.name)") {
            if checksFirst, try retrying({ try has(blob.digest, reference) }) { return .existed }
            let source = mountFrom.flatMap { $0.registry == reference.registry ? $0.repository : nil }
            let upload = BlobUpload(
                client: self, blob: blob, content: content, reference: reference, mountFrom: source,
                memory: memory, progress: progress)
            return try upload.run()
        }
    }

    /// HEAD of a blob.
    func has(_ digest: Digest, _ reference: Reference) throws -> Bool {
        let scopes = [TokenScope.push(reference.repository)]
        let response = try perform(
            "HEAD", try url(reference, "blobs/\(digest)"), for: reference, scopes: scopes)
        if (200..<300).contains(response.status) { return true }
        if response.status == 404 { return false }
        // The storage behind a registry may not answer HEAD; then the blob is sent once more.
        if response.url.origin != (try origin(of: reference.registry)), response.status < 500 { return false }
        throw fault(response, for: reference, scopes: scopes)
    }

    /// POST for an upload session, or a mount; nil when the blob was mounted.
    func open(
        _ digest: Digest, _ reference: Reference, mountFrom: String?
    ) throws -> (url: HTTPURL, minimumChunk: Int64?)? {
        let scopes = BlobUpload.scopes(reference, mountFrom: mountFrom)
        var target = try url(reference, "blobs/uploads/")
        if let mountFrom {
            target = target.adding(query: [("mount", digest.description), ("from", mountFrom)])
        }
        let response = try perform("POST", target, for: reference, scopes: scopes)
        if response.status == 201, mountFrom != nil {
            response.body.discard()
            return nil
        }
        guard response.status == 202 || response.status == 201 else {
            throw fault(response, for: reference, scopes: scopes)
        }
        response.body.discard()
        guard let session = try session(response, reference) else {
            throw Fault.violation("the registry opened an upload but does not say where")
        }
        return (session, response.head.headers["OCI-Chunk-Min-Length"].flatMap { Int64($0) })
    }

    /// Where an upload goes on after an answer; nil when the answer does not say.
    func session(_ response: HTTPResponse, _ reference: Reference) throws -> HTTPURL? {
        guard let location = response.head.headers["Location"] else { return nil }
        guard let url = response.url.resolving(location) else {
            throw Fault.violation("the registry continues an upload at something that is not an HTTP URL")
        }
        let home = try origin(of: reference.registry)
        if home.isSecure, !url.origin.isSecure {
            // A registry that does not know of the TLS proxy before it; nothing goes out unprotected.
            guard url.origin.host == home.host else {
                throw Fault.violation("the registry continues an upload without TLS (\(url.origin))")
            }
            return HTTPURL(origin: home, target: url.target)
        }
        return url
    }
}
