internal import ChalkOCI
internal import ChalkStore
internal import ChalkPlan

/// The tags under which a cache has an entry. See `docs/decisions/0009`.
enum CacheTag {
    /// Where the entry for a key is.
    static func entry(_ key: CacheKey, in cache: RemoteCache) -> Reference { cache.tagged(key.digest.hex) }

    /// Where it says what a layer holds.
    static func holds(_ layer: DiffID, in cache: RemoteCache) -> Reference {
        cache.tagged("holds-" + layer.digest.hex.prefix(40))
    }

    /// Where the latest entries are that are like a step, the most alike first: of the same instruction for the files of
    /// the same place, of the same instruction, and for a command of any on the same layers. Who writes last wins; they serve explanations alone.
    static func near(
        kind: String, title: String, place: String?, inputs: [NamedInputs.Input], in cache: RemoteCache
    ) -> [Reference] {
        // Nobody asks why nobody knew.
        if kind == KnownPlacement.kind { return [] }
        var lineages = place.map { ["place\0\(title)\0\($0)"] } ?? []
        lineages.append("title\0\(title)")
        if kind == Step.Kind.run.rawValue,
            let parent = inputs.first(where: { $0.name == InputName.parent })?.value
        {
            lineages.append("parent\0\(parent)")
        }
        return lineages.map { lineage in
            cache.tagged("near-" + Digest.of(Array("\(kind)\0\(lineage)".utf8)).hex.prefix(40))
        }
    }
}

extension RemoteCache {
    fileprivate func tagged(_ word: String) -> Reference {
        Reference(
            registry: registry, repository: repository, tag: (name.map { "\($0)-" } ?? "") + word, digest: nil
        )
    }

    /// The repository, for its blobs.
    var blobs: Reference {
        Reference(registry: registry, repository: repository, tag: nil, digest: nil)
    }
}
