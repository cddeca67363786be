internal import ChalkOCI
internal import ChalkSpec
internal import ChalkStore

/// All groups that an image has at a time, as one document: an OCI index whose `subject` is the image, with an entry for
/// each group, parents first. A name of the store, and a tag of a registry, says which set is its image's now. See
/// `docs/decisions/0011`.
struct GroupSet: Hashable {
    /// How lists of referrers tell a set from other documents.
    static let artifactType = "application/vnd.dev.chalk.image.groups.v1"
    /// Most groups of one image.
    static let limit = 1_000

    /// One group.
    struct Member: Hashable {
        let mountPath: String
        /// Its image; an index of images where the set's image is for several platforms.
        let image: Descriptor
    }

    /// The image that they belong to.
    let subject: Descriptor
    /// By the bytes of the mount path.
    let members: [Member]

    /// The document's bytes.
    var encoded: [UInt8] {
        Index(
            artifactType: GroupSet.artifactType,
            manifests: members.map { member in
                var entry = member.image
                entry.annotations = [GroupImage.Annotation.path: member.mountPath]
                return entry
            },
            subject: Descriptor(mediaType: subject.mediaType, digest: subject.digest, size: subject.size)
        ).encoded()
    }

    /// Writes the document; gives its descriptor.
    func keep(in store: ContentStore) throws -> Descriptor {
        let bytes = encoded
        return Descriptor(
            mediaType: .index, digest: try store.put(bytes, .deferred), size: Int64(bytes.count))
    }

    init(subject: Descriptor, members: [Member]) {
        self.subject = subject
        self.members = members.sorted { $0.mountPath.utf8.lexicographicallyPrecedes($1.mountPath.utf8) }
    }

    /// The set of an index as one of its images has it; of an image the set itself.
    static func narrowed(
        _ set: Descriptor, to image: ImageStore.Stored, in store: ContentStore
    ) throws -> Descriptor {
        let whole = try GroupSet(parsing: store.read(set.digest))
        if whole.subject.digest == image.descriptor.digest { return set }
        let members = try whole.members.map { member in
            guard member.image.mediaType.isIndex else { return member }
            let index = try Index(parsing: store.read(member.image.digest))
            guard let entry = index.manifest(for: image.config.platform) else {
                throw ChalkError(
                    .failed, "the group \(member.mountPath) is not for \(image.config.platform); build again")
            }
            return Member(mountPath: member.mountPath, image: entry)
        }
        return try GroupSet(subject: image.descriptor, members: members).keep(in: store)
    }

    /// A set from its bytes.
    ///
    /// - Throws: ``OCIError`` for what is no set, or one with mount paths that no runtime should see.
    init(parsing bytes: [UInt8]) throws(OCIError) {
        let index = try Index(parsing: bytes)
        guard index.artifactType == GroupSet.artifactType, let subject = index.subject else {
            throw OCIError(.invalidDocument, "the document is no set of groups")
        }
        guard index.manifests.count <= GroupSet.limit else {
            throw OCIError(.invalidDocument, "the set has more than \(GroupSet.limit) groups")
        }
        var members: [Member] = []
        var seen: Set<String> = []
        for entry in index.manifests {
            let path = entry.annotations[GroupImage.Annotation.path] ?? ""
            guard path != "/", ImagePath.isNormal(path) else {
                throw OCIError(.invalidDocument, "\"\(path)\" is no path to mount a group at")
            }
            guard seen.insert(path).inserted else {
                throw OCIError(.invalidDocument, "two groups are mounted at \(path)")
            }
            members.append(
                Member(
                    mountPath: path,
                    image: Descriptor(
                        mediaType: entry.mediaType, digest: entry.digest, size: entry.size,
                        platform: entry.platform)))
        }
        self.init(subject: subject, members: members)
    }
}
