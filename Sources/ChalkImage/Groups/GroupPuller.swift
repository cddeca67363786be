internal import ChalkOCI
internal import ChalkRegistry
internal import ChalkStore
internal import ChalkSystem

/// Fetches the groups that an image has now: which these are, and their documents; where their layers are is noted.
struct GroupPuller {
    let store: ContentStore
    let client: RegistryClient
    /// What the image was asked for by.
    let reference: Reference

    /// What is to be fetched of an image's groups.
    struct Found {
        /// In the store; nil for an image without groups.
        var set: Descriptor?
        var layers: [Descriptor] = []
    }

    /// Takes the documents of the groups into the store.
    ///
    /// - Parameters:
    ///   - root: what the reference stands for.
    ///   - image: what is kept of it: the same, or the image of an index for `platform`.
    ///   - platform: nil for all.
    func take(of root: Descriptor, as image: Descriptor, platform: Platform?) throws -> Found {
        var found = Found()
        guard let set = try current(root), !set.members.isEmpty else { return found }
        let members = try set.members.map { member in
            GroupSet.Member(
                mountPath: member.mountPath,
                image: try take(member, of: root, as: image, platform, layers: &found.layers))
        }
        found.set = try GroupSet(subject: image, members: members).keep(in: store)
        return found
    }

    /// The set that counts: that of the tag, if it is of this very image; else the only one that refers to the image.
    private func current(_ root: Descriptor) throws -> GroupSet? {
        if let tag = GroupTag.reference(for: reference), let (_, bytes) = try client.manifestIfPresent(tag) {
            let set = try parse(bytes, at: tag)
            if set.subject.digest == root.digest { return set }
        }
        let sets = try client.referrers(
            of: root.digest, in: reference, artifactType: GroupSet.artifactType)
        guard let only = sets.first else { return nil }
        guard sets.count == 1 else {
            throw ChalkError(
                .failed,
                "cannot tell which groups \(reference) has: its image has had \(sets.count) sets, and no tag says which counts; pull it by the tag that it was pushed to, or without --volumes"
            )
        }
        let place = reference.with(only.digest)
        let set = try parse(try client.manifest(place).bytes, at: place)
        guard set.subject.digest == root.digest else {
            throw GroupPuller.unusable(place, "it is that of another image")
        }
        return set
    }

    private func parse(_ bytes: [UInt8], at place: Reference) throws -> GroupSet {
        do {
            return try GroupSet(parsing: bytes)
        } catch {
            throw GroupPuller.unusable(place, error.description)
        }
    }

    /// Takes a group of the set; gives the image that holds it for the platform.
    private func take(
        _ member: GroupSet.Member, of root: Descriptor, as image: Descriptor, _ platform: Platform?,
        layers: inout [Descriptor]
    ) throws -> Descriptor {
        let place = reference.with(member.image.digest)
        let (descriptor, bytes) = try client.manifest(place)
        guard descriptor.mediaType.isIndex else {
            try take(bytes, at: place, member.mountPath, subject: image, layers: &layers)
            return try kept(bytes, descriptor)
        }
        let entries = try Index(parsing: bytes).manifests
        let wanted = try platform.map { platform in
            guard let entry = try Index(parsing: bytes).manifest(for: platform) else {
                throw GroupPuller.unusable(place, "it has nothing for \(platform)")
            }
            return [entry]
        }
        for entry in wanted ?? entries {
            let place = reference.with(entry.digest)
            let (descriptor, bytes) = try client.manifest(place)
            try take(
                bytes, at: place, member.mountPath, subject: platform == nil ? nil : image, layers: &layers)
            let image = try kept(bytes, descriptor)
            if platform != nil { return image }
        }
        return try kept(bytes, descriptor)
    }

    /// Checks a group's image and takes its config.
    private func take(
        _ bytes: [UInt8], at place: Reference, _ mountPath: String, subject: Descriptor?,
        layers: inout [Descriptor]
    ) throws {
        do {
            let manifest = try Manifest(parsing: bytes)
            guard (1...Int64(ContentStore.documentLimit)).contains(manifest.config.size) else {
                throw GroupPuller.unusable(place, "its config has \(manifest.config.size) bytes")
            }
            if let subject, manifest.subject?.digest != subject.digest {
                throw GroupPuller.unusable(place, "it belongs to another image")
            }
            let sink = MemorySink()
            try client.blob(
                manifest.config.digest, size: manifest.config.size, from: reference, into: sink)
            let content = try GroupContent(manifest, config: sink.bytes)
            guard content.mountPath == mountPath else {
                throw GroupPuller.unusable(place, "it is for \(content.mountPath), not for \(mountPath)")
            }
            try store.put(sink.bytes, .deferred)
            for layer in manifest.layers {
                try store.remoteSources.put(
                    RemoteSource(
                        registry: reference.registry, repository: reference.repository,
                        mediaType: layer.mediaType, size: layer.size), for: layer.digest)
            }
            layers += manifest.layers
        } catch let error as OCIError {
            throw GroupPuller.unusable(place, error.description)
        }
    }

    private func kept(_ bytes: [UInt8], _ descriptor: Descriptor) throws -> Descriptor {
        Descriptor(
            mediaType: descriptor.mediaType, digest: try store.put(bytes, .deferred), size: Int64(bytes.count)
        )
    }

    private static func unusable(_ place: Reference, _ why: String) -> ChalkError {
        ChalkError(.failed, "the group \(place) cannot be used: \(why); push its image again")
    }
}
