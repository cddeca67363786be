package import ChalkOCI
internal import ChalkSystem

extension RegistryClient {
    /// Stores a manifest or index under the reference's tag, or under its digest where it has no tag.
    ///
    /// Every blob that it names must be in the repository already. Again with the same bytes is no error.
    ///
    /// - Returns: the digest of the bytes.
    @discardableResult
    package func push(
        manifest bytes: [UInt8], mediaType: MediaType, to reference: Reference
    ) throws -> Digest {
        let digest = Digest.of(bytes)
        _ = try put(bytes, digest, mediaType, at: reference)
        return digest
    }

    /// The same, but nothing is sent when the reference stands for these bytes already.
    package func push(
        manifest bytes: [UInt8], mediaType: MediaType, unlessAt reference: Reference
    ) throws -> PushOutcome {
        let digest = Digest.of(bytes)
        let isThere = try naming("look for manifest \(reference)") {
            try retrying { try stands(reference, for: digest) }
        }
        if isThere { return .existed }
        _ = try put(bytes, digest, mediaType, at: reference)
        return .uploaded
    }

    /// Whether a reference stands for anything, asked with the rights of a push.
    package func hasManifest(at reference: Reference) throws -> Bool {
        try naming("look for manifest \(reference)") { try retrying { try standing(at: reference) != nil } }
    }

    /// PUT of a manifest.
    ///
    /// - Returns: the head of the answer; nil when none came but the manifest has landed.
    func put(
        _ bytes: [UInt8], _ digest: Digest, _ mediaType: MediaType, at reference: Reference
    ) throws -> HTTPResponseHead? {
        let target = place(of: digest, at: reference)
        return try naming("push manifest \(target)") {
            if let wanted = target.digest, wanted != digest {
                throw Fault(.content, "its bytes have digest \(digest)")
            }
            do {
                return try retrying { try put(bytes, digest, mediaType, to: target) }
            } catch let fault as Fault where fault.isTransient {
                // Many that failed have landed; the registry knows.
                if (try? stands(reference, for: digest)) == true { return nil }
                throw fault
            }
        }
    }

    private func put(
        _ bytes: [UInt8], _ digest: Digest, _ mediaType: MediaType, to target: Reference
    ) throws -> HTTPResponseHead {
        let scopes = [TokenScope.push(target.repository)]
        let response = try perform(
            "PUT", try url(target, "manifests/\(target.tag ?? digest.description)"), for: target,
            scopes: scopes, headers: HTTPHeaders([("Content-Type", mediaType.name)]),
            body: RequestBody(bytes),
            answerTimeout: options.timeouts.commit)
        guard (200..<300).contains(response.status) else {
            throw fault(response, for: target, scopes: scopes)
        }
        response.body.discard()
        if let theirs = try response.claimedDigest(), theirs != digest {
            throw Fault(.digestMismatch, "the registry stored \(theirs) instead of \(digest)")
        }
        return response.head
    }

    /// HEAD: whether a tag, or a digest, stands for the manifest already. Asks with the rights of a push, so that one
    /// token does for all of it.
    func stands(_ reference: Reference, for digest: Digest) throws -> Bool {
        // Not every registry answers HEAD in full: then the manifest is sent once more.
        guard let head = try standing(at: place(of: digest, at: reference)) else { return false }
        return (try? head.claimedDigest()) == digest
    }

    /// HEAD of a tag, else of a digest; nil where nothing is there, or the registry does not know HEAD.
    private func standing(at target: Reference) throws -> HTTPResponse? {
        let scopes = [TokenScope.push(target.repository)]
        let response = try perform(
            "HEAD", try url(target, "manifests/\(target.tag ?? target.digest?.description ?? "latest")"),
            for: target, scopes: scopes, headers: accepting(RegistryClient.manifestTypes))
        if response.status == 404 || [400, 405, 501].contains(response.status) { return nil }
        guard response.status == 200 else { throw fault(response, for: target, scopes: scopes) }
        return response
    }

    /// What a manifest is put to: the tag, else the digest.
    private func place(of digest: Digest, at reference: Reference) -> Reference {
        if reference.tag != nil { return reference }
        return Reference(
            registry: reference.registry, repository: reference.repository, tag: nil,
            digest: reference.digest ?? digest)
    }
}
