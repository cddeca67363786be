internal import ChalkArchive
internal import ChalkOCI

extension StepEntries {
    /// The entries of each of several layers, put together as they are asked for.
    typealias Parts = LazyMapSequence<[LayerSplit.Part?], StepEntries>

    /// The entries of each of the layers that they become when a large step is split.
    var parts: Parts {
        let parts = LayerSplit.layers(of: list)
        return parts.count < 2 ? whole : parts.map(Optional.some).lazy.map(entries)
    }

    /// All of them, as one layer.
    var whole: Parts { [nil].lazy.map(entries) }

    private func entries(of part: LayerSplit.Part?) -> StepEntries {
        guard let part else { return self }
        var entries = StepEntries(
            mtime: list.mtime, place: Digest.of(Array("part of \(place) ".utf8) + part.name))
        entries.part = "part \(Digest.of(part.name).hex.prefix(12))"
        entries.origins = origins
        entries.list = list.selection(part.indices)
        return entries
    }
}
