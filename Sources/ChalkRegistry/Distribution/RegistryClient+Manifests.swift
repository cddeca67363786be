package import ChalkOCI

extension RegistryClient {
    /// The media types that are asked for: indexes and manifests in OCI's and Docker's words.
    package static let manifestTypes: [MediaType] = [.index, .manifest, .dockerIndex, .dockerManifest]

    /// What a reference names (`latest` where it names nothing): type, digest and size of a manifest or index.
    package func resolve(
        _ reference: Reference, accept: [MediaType] = RegistryClient.manifestTypes
    ) throws -> Descriptor {
        let reference = reference.withDefaultTag
        return try naming("resolve \(reference)") {
            try pulling(reference) { try look(at: $0, accept: accept) }
        }
    }

    /// A manifest or index, at most ``manifestLimit`` bytes, verified against the reference's digest, and
    /// against the registry's own for a tag.
    package func manifest(
        _ reference: Reference, accept: [MediaType] = RegistryClient.manifestTypes
    ) throws -> (descriptor: Descriptor, bytes: [UInt8]) {
        let reference = reference.withDefaultTag
        return try naming("pull manifest \(reference)") {
            try pulling(reference) { try fetch($0, accept) }
        }
    }

    /// The same of a reference that need not be there; nil where it is not.
    ///
    /// - Parameter usesMirrors: false to ask its own registry alone.
    package func manifestIfPresent(
        _ reference: Reference, usesMirrors: Bool = true
    ) throws -> (descriptor: Descriptor, bytes: [UInt8])? {
        try naming("look for manifest \(reference)") {
            do {
                return try pulling(reference, usesMirrors: usesMirrors) {
                    try fetch($0, RegistryClient.manifestTypes)
                }
            } catch let fault as Fault where fault.code == .notFound {
                return nil
            }
        }
    }

    /// What a reference names at one place.
    func look(
        at place: PullPlace, accept: [MediaType] = RegistryClient.manifestTypes
    ) throws -> Descriptor {
        try retrying(at: place) { try head(place.reference, accept) } ?? fetch(place, accept).descriptor
    }

    /// What HEAD says; nil where the registry does not answer HEAD in full.
    private func head(_ reference: Reference, _ accept: [MediaType]) throws -> Descriptor? {
        let scopes = [TokenScope.pull(reference.repository)]
        let response = try perform(
            "HEAD", try manifestURL(reference), for: reference, scopes: scopes, headers: accepting(accept))
        if [400, 405, 501].contains(response.status) { return nil }
        guard response.status == 200 else { throw fault(response, for: reference, scopes: scopes) }
        guard let digest = try response.claimedDigest(), let size = try response.head.contentLength(),
            let type = response.specificMediaType, size > 0
        else { return nil }
        if let wanted = reference.digest, wanted != digest {
            throw Fault(.digestMismatch, "the registry answered with \(digest)")
        }
        return Descriptor(mediaType: type, digest: digest, size: size)
    }

    func fetch(
        _ place: PullPlace, _ accept: [MediaType]
    ) throws -> (descriptor: Descriptor, bytes: [UInt8]) {
        let reference = place.reference
        let scopes = [TokenScope.pull(reference.repository)]
        return try retrying(at: place) {
            let response = try perform(
                "GET", try manifestURL(reference), for: reference, scopes: scopes, headers: accepting(accept))
            guard response.status == 200 else { throw fault(response, for: reference, scopes: scopes) }
            let limit = RegistryClient.manifestLimit
            let tooLarge = Fault(.tooLarge, "it is larger than \(limit) bytes")
            if let length = try response.head.contentLength(), length > limit { throw tooLarge }
            let bytes = try response.body.prefix(limit: limit + 1)
            if bytes.count > limit { throw tooLarge }
            let digest = Digest.of(bytes)
            if let wanted = try reference.digest ?? response.claimedDigest(), wanted != digest {
                throw Fault(
                    .digestMismatch,
                    "what came has digest \(digest) instead of \(wanted)" + response.codingNote)
            }
            return (try descriptor(of: bytes, digest, response), bytes)
        }
    }

    private func descriptor(
        of bytes: [UInt8], _ digest: Digest, _ response: HTTPResponse
    ) throws -> Descriptor {
        let claimed = response.specificMediaType
        guard let document = try? JSON.parse(bytes) else {
            throw Fault.violation("what came is not a JSON document" + response.codingNote)
        }
        let written = document["mediaType"]?.string.map { MediaType($0) }
        // A document that is two things at once could be judged as one and run as the other.
        if let claimed, let written, claimed != written {
            throw Fault.violation(
                "it is sent as \(PlainText.clean(claimed.name)) but says that it is "
                    + PlainText.clean(written.name))
        }
        guard let type = written ?? claimed ?? RegistryClient.guessedType(document) else {
            throw Fault.violation("what came does not say what it is")
        }
        return Descriptor(mediaType: type, digest: digest, size: Int64(bytes.count))
    }

    /// OCI documents need not hold their type (image-spec, manifest.md).
    private static func guessedType(_ document: JSON) -> MediaType? {
        switch (document["manifests"] != nil, document["layers"] != nil) {
        case (true, false): .index
        case (false, true): .manifest
        default: nil
        }
    }

    func manifestURL(_ reference: Reference) throws -> HTTPURL {
        try url(reference, "manifests/\(reference.digest?.description ?? reference.tag ?? "latest")")
    }

    func accepting(_ types: [MediaType]) -> HTTPHeaders {
        HTTPHeaders([("Accept", types.map(\.name).joined(separator: ", "))])
    }
}

extension HTTPResponse {
    /// Docker-Content-Digest; nil when there is none, or one of another algorithm.
    func claimedDigest() throws(Fault) -> Digest? {
        guard let text = head.headers["Docker-Content-Digest"] else { return nil }
        if let digest = Digest(text) { return digest }
        if text.hasPrefix("sha256:") || !text.contains(":") {
            throw .violation("its answer has a digest that is none")
        }
        return nil
    }

    /// Content-Type without parameters; nil where it says nothing about manifests.
    var specificMediaType: MediaType? {
        guard let value = head.headers["Content-Type"] else { return nil }
        let name = HTTPHeaders.trimmed(value.prefix { $0 != ";" }).lowercased()
        guard name.hasPrefix("application/vnd.") else { return nil }
        return MediaType(name)
    }

    /// Words for content whose bytes were changed on the way.
    var codingNote: String {
        let codings = head.headers.tokens("Content-Encoding").filter { $0 != "identity" }
        if codings.isEmpty { return "" }
        return "; it was sent with content-encoding \(PlainText.clean(codings.joined(separator: ", "))), "
            + "which was not asked for"
    }
}
