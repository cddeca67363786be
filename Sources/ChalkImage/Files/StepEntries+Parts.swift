internal import ChalkArchive
internal import ChalkOCI

extension StepEntries {
    /// The entries of each of the layers that they become when a large step is split.
    var parts: [StepEntries] {
        let parts = LayerSplit.layers(of: list)
        if parts.count < 2 { return [self] }
        return parts.map { part in
            var entries = StepEntries(
                mtime: list.mtime, place: Digest.of(Array("part of \(place) ".utf8) + part.name))
            entries.origins = origins
            entries.list = list.selection(part.indices)
            return entries
        }
    }
}
