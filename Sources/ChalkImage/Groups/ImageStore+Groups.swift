public import ChalkOCI
internal import ChalkStore

extension ImageStore {
    /// The groups that belong to an image now, parents first; none for an image without.
    ///
    /// A name says so itself. An image that is meant by its manifest's digest or its ID has the groups that it was built
    /// or pulled with last.
    ///
    /// - Parameters:
    ///   - name: a name, manifest digest or image ID.
    ///   - platform: whose of an image for several.
    /// - Throws: ``ChalkError`` (`notFound`) where the image or a document of its groups is not in the store.
    public func groups(of name: String, platform: Platform = .host) throws -> [VolumeGroup] {
        try ChalkError.wrap {
            guard let set = try groupSet(of: name) else { return [] }
            return try groups(in: set, platform, name)
        }
    }

    /// The set of an image's groups; nil for an image that was never given one.
    func groupSet(of name: String) throws -> Descriptor? {
        let image = try descriptor(named: name)
        var digests = [image.annotations[References.groupsKey].flatMap { Digest($0) }]
        if name.hasPrefix("sha256:") { digests.insert(content.latestGroups.set(of: image.digest), at: 0) }
        for digest in digests.compactMap({ $0 }) {
            if let size = try content.size(of: digest) {
                return Descriptor(mediaType: .index, digest: digest, size: size)
            }
        }
        guard let digest = digests.last.flatMap({ $0 }) else { return nil }
        throw ChalkError(
            .notFound,
            "the groups of \(name), \(digest), are not in the store; build it again, or pull it with --volumes"
        )
    }

    /// The groups of a set as an image of a platform has them.
    func groups(in set: Descriptor, _ platform: Platform, _ name: String) throws -> [VolumeGroup] {
        do {
            return try GroupSet(parsing: content.read(set.digest)).members.map { member in
                var image = member.image
                if image.mediaType.isIndex {
                    guard let entry = try Index(parsing: content.read(image.digest)).manifest(for: platform)
                    else {
                        throw ChalkError(
                            .notFound, "the group \(member.mountPath) of \(name) is not for \(platform)")
                    }
                    image = entry
                }
                let manifest = try Manifest(parsing: content.read(image.digest))
                let config = try content.read(manifest.config.digest)
                return try GroupContent(manifest, config: config).group(member.image)
            }
        } catch let error as OCIError {
            throw ChalkError(.failed, "the groups of \(name) cannot be used: \(error.description)")
        }
    }
}
