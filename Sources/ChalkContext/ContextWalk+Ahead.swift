internal import ChalkSystem

/// Sending the scout to directories that the walk will come to.
extension ContextWalk {
    /// Directories of one level that the scout is sent to at a time.
    private static let mostAhead = 4

    /// A directory of a level that somebody went to.
    struct Ahead {
        let index: Int
        let errand: DirectoryScout.Errand
    }

    /// Sends the scout to the next directories of the last level that the walk will enter for sure.
    mutating func scoutAhead() {
        guard let scout, let last = levels.indices.last, levels[last].ignoredBy == nil else { return }
        var rules: IgnoreScope?
        var index = max(levels[last].scouted, levels[last].next)
        while levels[last].ahead.count < ContextWalk.mostAhead, errands < DirectoryScout.mostErrands,
            index < levels[last].listing.count
        {
            defer { index += 1 }
            if levels[last].listing.kind(index) != .directory || index == levels[last].git { continue }
            // On a copy, for the walk will ask again and notes what it asks.
            var asked = rules ?? scope
            path.push(index, of: levels[last].listing)
            let decision = asked.decide(path, isDirectory: true)
            path.pop()
            rules = asked
            if decision.isIgnored { continue }
            let errand = scout.send(to: Array(levels[last].listing.name(index)), in: current)
            levels[last].ahead.append(Ahead(index: index, errand: errand))
            errands += 1
        }
        levels[last].scouted = index
    }

    /// What the scout has found of a directory of the last level.
    mutating func scouted(_ index: Int) -> DirectoryScout.Found? {
        guard let scout, let last = levels.indices.last, let first = levels[last].ahead.first,
            first.index == index
        else { return nil }
        levels[last].ahead.removeFirst()
        errands -= 1
        return scout.collect(first.errand)
    }

    /// Calls back whoever is still on the way for a level that is left.
    mutating func recall(_ level: Level) {
        guard let scout else { return }
        for ahead in level.ahead { _ = scout.collect(ahead.errand) }
        errands -= level.ahead.count
    }
}
