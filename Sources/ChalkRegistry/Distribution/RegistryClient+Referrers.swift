package import ChalkOCI

extension RegistryClient {
    /// The manifests whose `subject` is a digest, as the registry lists them (distribution-spec, listing referrers);
    /// of registries without that API those of the fallback tag. None is no error.
    ///
    /// - Parameter artifactType: only those of this type; nil for all.
    package func referrers(
        of subject: Digest, in reference: Reference, artifactType: String? = nil
    ) throws -> [Descriptor] {
        try naming("list the referrers of \(subject) in \(reference.name)") {
            let found = try listed(subject, reference) ?? tagged(subject, reference)?.manifests ?? []
            guard let artifactType else { return found }
            return found.filter { $0.artifactType == artifactType }
        }
    }

    /// Stores a manifest or index that has a `subject`, by its digest, where ``referrers(of:in:artifactType:)`` finds it.
    ///
    /// What it names must be in the repository. A registry that does not keep referrers gets them in an index under
    /// the fallback tag (distribution-spec, unavailable referrers API). Again with the same bytes changes nothing.
    ///
    /// - Returns: the digest of the bytes.
    @discardableResult
    package func attach(manifest bytes: [UInt8], to reference: Reference) throws -> Digest {
        let digest = Digest.of(bytes)
        guard let (referrer, subject) = try Self.referrer(bytes, digest) else {
            throw RegistryError(
                .content, "cannot attach manifest \(digest) to \(reference.name): it has no subject")
        }
        let place = Reference(
            registry: reference.registry, repository: reference.repository, tag: nil, digest: digest)
        let isThere = try naming("look for manifest \(place)") {
            try retrying { try stands(place, for: digest) }
        }
        let head = isThere ? nil : try put(bytes, digest, referrer.mediaType, at: place)
        if head?.headers["OCI-Subject"] != nil { return digest }
        try naming("attach manifest \(digest) to \(subject.digest) in \(reference.name)") {
            if try listed(subject.digest, reference) != nil { return }
            try note(referrer, of: subject.digest, reference)
        }
        return digest
    }

    /// A document as a list of referrers has it, and what it refers to; nil where it refers to nothing.
    private static func referrer(
        _ bytes: [UInt8], _ digest: Digest
    ) throws -> (Descriptor, subject: Descriptor)? {
        if let index = try? Index(parsing: bytes) {
            guard let subject = index.subject else { return nil }
            let referrer = Descriptor(
                mediaType: index.mediaType, digest: digest, size: Int64(bytes.count),
                annotations: index.annotations, artifactType: index.artifactType)
            return (referrer, subject)
        }
        let manifest = try Manifest(parsing: bytes)
        guard let subject = manifest.subject else { return nil }
        let referrer = Descriptor(
            mediaType: manifest.mediaType, digest: digest, size: Int64(bytes.count),
            annotations: manifest.annotations,
            artifactType: manifest.artifactType ?? manifest.config.mediaType.name)
        return (referrer, subject)
    }

    /// What the referrers API says; nil where there is none.
    private func listed(_ subject: Digest, _ reference: Reference) throws -> [Descriptor]? {
        var next: HTTPURL? = try url(reference, "referrers/\(subject)")
        var found: [Descriptor] = []
        for _ in 0..<RegistryClient.pageLimit {
            guard let here = next else { return found }
            guard let (index, link) = try page(of: reference, at: here) else { return nil }
            found += index.manifests
            next = link
        }
        throw Fault(.tooLarge, "the registry has more than \(RegistryClient.pageLimit) pages of them")
    }

    private static let pageLimit = 1_000

    private func page(of reference: Reference, at url: HTTPURL) throws -> (Index, next: HTTPURL?)? {
        let scopes = [TokenScope.pull(reference.repository)]
        return try retrying {
            let response = try perform(
                "GET", url, for: reference, scopes: scopes, headers: accepting([.index]))
            // Registries from before the API do not know the path, whatever they say to that.
            if [400, 404, 405, 501].contains(response.status) {
                response.body.discard()
                return nil
            }
            guard response.status == 200 else { throw fault(response, for: reference, scopes: scopes) }
            let bytes = try response.body.prefix(limit: RegistryClient.manifestLimit + 1)
            guard bytes.count <= RegistryClient.manifestLimit, let index = try? Index(parsing: bytes) else {
                throw Fault.violation("the registry answers with something that is no index")
            }
            let next = response.head.headers["Link"].flatMap { RegistryClient.next($0) }
            return (index, next.flatMap { response.url.resolving($0) })
        }
    }

    /// The target of `<…>; rel="next"` (RFC 8288).
    private static func next(_ link: String) -> String? {
        guard link.contains("rel=\"next\"") || link.contains("rel=next"), let open = link.firstIndex(of: "<"),
            let close = link[open...].firstIndex(of: ">")
        else { return nil }
        return String(link[link.index(after: open)..<close])
    }

    /// The index under the fallback tag `sha256-<hex>`; nil where there is none.
    private func tagged(_ subject: Digest, _ reference: Reference) throws -> Index? {
        do {
            let (descriptor, bytes) = try fetch(
                PullPlace(reference: fallback(subject, reference), isMirror: false), [.index])
            guard descriptor.mediaType.isIndex else {
                throw Fault.violation("what is under the tag for its referrers is no index")
            }
            return try Index(parsing: bytes)
        } catch let fault as Fault where fault.code == .notFound {
            return nil
        } catch let error as OCIError {
            throw Fault.violation("the index under the tag for its referrers cannot be used: \(error)")
        }
    }

    private func fallback(_ subject: Digest, _ reference: Reference) -> Reference {
        Reference(
            registry: reference.registry, repository: reference.repository, tag: "sha256-\(subject.hex)",
            digest: nil)
    }

    /// Adds a referrer to the index under the fallback tag, and looks whether it stayed there: somebody else may have
    /// done the same at the same time, and registries have no way to say "only if unchanged".
    private func note(_ referrer: Descriptor, of subject: Digest, _ reference: Reference) throws {
        let tag = fallback(subject, reference)
        for _ in 0..<8 {
            var index = try tagged(subject, reference) ?? Index(manifests: [])
            if index.manifests.contains(where: { $0.digest == referrer.digest }) { return }
            index.manifests.append(referrer)
            let bytes = index.encoded()
            _ = try put(bytes, Digest.of(bytes), index.mediaType, at: tag)
        }
        throw Fault(
            .refused, "others change the tag \(tag.tag ?? "") at the same time", remedy: "try again")
    }
}
