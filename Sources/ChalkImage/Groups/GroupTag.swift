internal import ChalkOCI

/// The tag under which a repository says which groups the image of another tag has now. See `docs/decisions/0011`.
enum GroupTag {
    private static let suffix = ".groups"

    /// The tag beside a tag: `v1.groups` beside `v1`, or for a long one a digest of it; nil for a reference without.
    static func reference(for reference: Reference) -> Reference? {
        guard let tag = reference.tag else { return nil }
        let name =
            tag.utf8.count + suffix.utf8.count <= 128
            ? tag + suffix : "groups-\(Digest.of(Array(tag.utf8)).hex)"
        return Reference(
            registry: reference.registry, repository: reference.repository, tag: name, digest: nil)
    }
}
