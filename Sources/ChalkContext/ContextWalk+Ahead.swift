internal import ChalkSystem

/// Sending the scout to directories that the walk will come to.
extension ContextWalk {
    /// Directories of one level that the scout is sent to at a time.
    private static let mostAhead = 4

    /// A directory that the scout was sent to.
    struct Ahead {
        /// In the listing of the directory above.
        let index: Int
        let errand: DirectoryScout.Errand
        /// Those below it that the scout was sent to from there.
        var below: [Ahead] = []
        /// Up to where its listing was searched for them.
        var scouted: Int?
    }

    /// Sends the scout to the next directories of the last level that the walk will enter for sure, and below those
    /// it is back from.
    mutating func scoutAhead() {
        guard let scout, let last = levels.indices.last, levels[last].ignoredBy == nil else { return }
        // The rules are asked on copies, for the walk will ask again and notes what it asks.
        var rules = scope
        let start = max(levels[last].scouted, levels[last].next)
        let room = ContextWalk.mostAhead - levels[last].ahead.count
        let (next, scouted) = send(
            scout, from: start, atMost: room, of: levels[last].listing, in: current, but: levels[last].git,
            &rules)
        levels[last].ahead += next
        levels[last].scouted = scouted
        for place in levels[last].ahead.indices where levels[last].ahead[place].scouted == nil {
            let ahead = levels[last].ahead[place]
            // Ignore files of its own are not read before the walk is there.
            guard let found = ahead.errand.found,
                !reader.names.contains(where: { found.listing.index(of: $0) != nil })
            else { continue }
            var rules = scope
            path.push(ahead.index, of: levels[last].listing)
            // Going in is told of what was decided last.
            rules.enter(depth: levels.count, [], after: rules.decide(path, isDirectory: true))
            let git = options.dropsGit ? found.listing.index(of: ContextWalk.gitName) : nil
            let (below, scouted) = send(
                scout, from: 0, atMost: ContextWalk.mostAhead, of: found.listing, in: found.directory,
                but: git, &rules)
            path.pop()
            levels[last].ahead[place].below = below
            levels[last].ahead[place].scouted = scouted
        }
    }

    /// Sends the scout to directories of a listing, from a place on; says up to where it looked.
    private mutating func send(
        _ scout: DirectoryScout, from start: Int, atMost room: Int, of listing: DirectoryListing,
        in parent: OpenDirectory, but git: Int?, _ rules: inout IgnoreScope
    ) -> (sent: [Ahead], scouted: Int) {
        var sent: [Ahead] = []
        var index = start
        while sent.count < room, errands < DirectoryScout.mostErrands, index < listing.count {
            defer { index += 1 }
            if listing.kind(index) != .directory || index == git { continue }
            path.push(index, of: listing)
            let isIgnored = rules.decide(path, isDirectory: true).isIgnored
            path.pop()
            if isIgnored { continue }
            let errand = scout.send(to: Array(listing.name(index)), in: parent)
            sent.append(Ahead(index: index, errand: errand))
            errands += 1
        }
        return (sent, index)
    }

    /// What the scout knows of a directory of the last level.
    mutating func scouted(_ index: Int) -> (found: DirectoryScout.Found, ahead: Ahead)? {
        guard let scout, let last = levels.indices.last, let first = levels[last].ahead.first,
            first.index == index
        else { return nil }
        levels[last].ahead.removeFirst()
        errands -= 1
        guard let found = scout.collect(first.errand) else { return nil }
        return (found, first)
    }

    /// Calls back whoever is still on the way for a level that is left.
    mutating func recall(_ ahead: [Ahead]) {
        guard let scout else { return }
        for one in ahead {
            _ = scout.collect(one.errand)
            errands -= 1
            recall(one.below)
        }
    }
}
