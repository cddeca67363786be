internal import ChalkOCI
internal import ChalkRegistry
internal import ChalkStore
internal import ChalkSystem

/// Gets an image, or an index with all its images, into repositories: blobs first, manifests last.
///
/// Everything is looked for before it is sent. What one repository has, others of its registry take from there.
struct ImagePusher: Sendable {
    let store: ContentStore
    let client: RegistryClient
    let board: TransferBoard
    let jobs: Int

    /// Pushes to every destination; tags of one repository share its blobs.
    ///
    /// - Parameter groups: the set of groups that goes with the image; nil for none.
    func push(_ root: Descriptor, with groups: Descriptor?, to destinations: [Reference]) throws {
        let documents = try PushDocuments(root, in: store)
        let set = try groups.map { try PushDocuments($0, in: store) }
        var done: [Reference] = []
        for references in ImagePusher.byRepository(destinations) {
            let repository = references[0]
            let sibling = done.first { $0.registry == repository.registry }
            let blobs = documents.blobs + (set?.blobs ?? [])
            _ = try IOPool.shared.concurrentMap(blobs.uniqued(), width: max(1, jobs)) {
                try push($0, to: repository, sibling: sibling)
            }
            if let set {
                // The image first, since all of it refers to that; its tags last, so that nobody sees it without.
                try push(documents.manifests, to: [repository.with(root.digest)])
                try push(
                    set.manifests, to: references.map { GroupTag.reference(for: $0) ?? $0.with(set.root) })
            } else {
                for reference in references { try dropGroups(of: root, at: reference) }
            }
            try push(documents.manifests, to: references)
            done.append(repository)
        }
    }

    /// Sees that a tag does not lead to groups that this image had once.
    private func dropGroups(of root: Descriptor, at reference: Reference) throws {
        guard let tag = GroupTag.reference(for: reference), try client.hasManifest(at: tag),
            let (_, bytes) = try client.manifestIfPresent(tag, usesMirrors: false),
            let old = try? GroupSet(parsing: bytes), old.subject.digest == root.digest, !old.members.isEmpty
        else { return }
        try push(
            [.init(GroupSet(subject: root, members: []).encoded, .index, hasSubject: true)], to: [tag])
    }

    /// Destinations grouped by repository, in the order they have.
    private static func byRepository(_ destinations: [Reference]) -> [[Reference]] {
        var groups: [[Reference]] = []
        for destination in destinations {
            let group = groups.firstIndex { $0[0].name == destination.name }
            if let group {
                if !groups[group].contains(destination) { groups[group].append(destination) }
            } else {
                groups.append([destination])
            }
        }
        return groups
    }

    private func push(_ manifests: [PushDocuments.Document], to references: [Reference]) throws {
        for document in manifests.dropLast() {
            try push(document, at: references[0].with(document.descriptor.digest))
        }
        guard let root = manifests.last else { return }
        for reference in references { try push(root, at: reference) }
    }

    private func push(_ document: PushDocuments.Document, at reference: Reference) throws {
        if document.hasSubject { try client.attach(manifest: document.bytes, to: reference) }
        if document.hasSubject, reference.tag == nil { return }
        _ = try client.push(
            manifest: document.bytes, mediaType: document.descriptor.mediaType, unlessAt: reference)
    }

    /// Gets a blob into a repository.
    ///
    /// - Parameter sibling: a repository of the same registry that surely has the blob.
    @discardableResult
    func push(_ blob: Descriptor, to repository: Reference, sibling: Reference? = nil) throws -> PushOutcome {
        let source = try mountSource(of: blob.digest, for: repository, sibling: sibling)
        let isHere = try store.contains(blob)
        if !isHere {
            if try client.blobExists(blob.digest, in: repository) {
                return try note(blob, repository, .existed)
            }
            if let source, try client.mount(blob.digest, from: source, to: repository) {
                return try note(blob, repository, .mounted)
            }
            try BlobFetcher(store: store, client: client, board: board, jobs: 1).fetch([blob])
        }
        let pace = board.pace(blob)
        do {
            let outcome = try client.push(
                blob: blob, from: content(of: blob), to: repository, mountFrom: isHere ? source : nil,
                checksFirst: isHere, memory: memory(of: blob, repository), progress: { pace.show($0) })
            _ = try note(blob, repository, outcome)
            if outcome == .uploaded { pace.finish() }
            return outcome
        } catch let error as RegistryError where error.code == .refused {
            // The registry checks what it gets; if it is our copy that is damaged, that is what to say.
            try check(blob)
            throw error
        }
    }

    /// The bytes as they are: the registry computes their digest, here that would be a second time.
    private func content(of blob: Descriptor) -> BlobContent {
        BlobContent { offset in
            let file = try store.open(blob.digest)
            try file.seek(to: offset)
            return FileStream(file)
        }
    }

    private func memory(of blob: Descriptor, _ repository: Reference) throws -> (any UploadMemory)? {
        guard blob.size > RegistryClient.smallUpload else { return nil }
        return try StoredUpload(blob.digest, to: repository, in: store)
    }

    private func check(_ blob: Descriptor) throws {
        let source = try store.source(of: blob)
        var buffer = [UInt8](repeating: 0, count: 262_144)
        while try source.read(into: &buffer) > 0 {}
    }

    /// A repository of the same registry that has the blob: one that this push has served, else one that is noted.
    private func mountSource(
        of blob: Digest, for repository: Reference, sibling: Reference?
    ) throws -> Reference? {
        if let sibling { return sibling }
        let known = store.remoteSources.repositories(of: repository.registry, with: blob)
        return known.first { $0 != repository.repository }.map {
            Reference(registry: repository.registry, repository: $0, tag: nil, digest: blob)
        }
    }

    private func note(
        _ blob: Descriptor, _ repository: Reference, _ outcome: PushOutcome
    ) throws -> PushOutcome {
        try store.remoteSources.addCopy(
            RemoteSource(
                registry: repository.registry, repository: repository.repository, mediaType: blob.mediaType,
                size: blob.size), of: blob.digest)
        if outcome != .uploaded { board.skip(blob, mounted: outcome == .mounted) }
        return outcome
    }
}

extension Reference {
    /// A digest in the same repository.
    func with(_ digest: Digest) -> Reference {
        Reference(registry: registry, repository: repository, tag: nil, digest: digest)
    }
}
