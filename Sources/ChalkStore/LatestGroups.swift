package import ChalkOCI

/// Which set of groups each image was built or pulled with last, by the image's manifest; for images without a name,
/// since names know it themselves (``References/groupsKey``). Keeps nothing from a collection.
package struct LatestGroups: Sendable {
    private let files: CheckedFiles

    init(_ directory: StoreDirectory) { files = CheckedFiles(directory, .groups) }

    /// The set's digest; nil where nothing was noted.
    package func set(of image: Digest) -> Digest? {
        files.get(image).flatMap { Digest(String(decoding: $0, as: UTF8.self)) }
    }

    /// Notes a set instead of an earlier one; nil for an image that has no groups any more.
    package func note(_ set: Digest?, of image: Digest) throws {
        if set == self.set(of: image) { return }
        guard let set else { return try files.remove(image) }
        try files.put(Array(set.description.utf8), for: image)
    }

    /// Forgets the sets and images that a collection removes.
    package func prune(_ reachable: GarbageCollector.Reachable) throws {
        if reachable.isDryRun { return }
        for (image, _) in try files.list() {
            let isKept =
                reachable.blobs.contains(image) && set(of: image).map(reachable.blobs.contains) == true
            if !isKept { try files.remove(image) }
        }
    }
}
