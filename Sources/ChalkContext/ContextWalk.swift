internal import ChalkSystem

/// One walk under way.
struct ContextWalk: ~Copyable {
    typealias Body = (ContextEntry, IgnoreVerdict) throws -> Void

    /// A directory that is being gone through.
    struct Level {
        var listing: DirectoryListing
        /// Statuses of its first entries, where they were read before.
        var statuses: [FileStatus] = []
        /// Known once the directory was closed, which happens where the tree is very deep.
        var identity: FileIdentity?
        var next = 0
        /// The entry that is passed over, because it is called `.git`.
        var git: Int?
        /// Everything here is ignored, by the pattern of this rank, because this directory is.
        var ignoredBy: IgnoreVerdict?
        /// Whether the directory waits in `held` for something to be kept below it.
        var isHeld = false
        /// Where the scout was sent, and up to where the listing was searched for that.
        var ahead: [Ahead] = []
        var scouted = 0
    }

    /// What tells a directory from another one that took its place.
    struct FileIdentity: Equatable {
        let device: UInt64
        let inode: UInt64

        init(_ status: FileStatus) {
            device = status.device
            inode = status.inode
        }
    }

    /// The entry that the walk stands at; `path` leads to it.
    struct Place {
        let index: Int
        let kind: FileStatus.Kind
        /// Where it had to be asked for already.
        let status: FileStatus?
    }

    /// An entry whose verdict may still turn, because a directory on the way to it waits.
    struct Held {
        let entry: ContextEntry
        var verdict: IgnoreVerdict
    }

    let options: ContextWalker.Options
    let body: Body
    var scope: IgnoreScope
    var reader: IgnoreFileReader
    var levels: [Level] = []
    /// The directories of the last levels.
    var open: [OpenDirectory] = []
    /// Listings of directories that were left, for their memory.
    var spare: [DirectoryListing] = []
    var buffer = DirectoryListing.Buffer()
    var path = ComponentPath()
    var held: [Held] = []
    var heldLevels = 0
    /// Nil where there is no second processor for it.
    let scout: DirectoryScout?
    var errands = 0

    init(
        options: ContextWalker.Options, scope: IgnoreScope, root: OpenDirectory, body: @escaping Body
    ) {
        self.options = options
        self.scope = scope
        self.body = body
        reader = IgnoreFileReader(profile: options.profile, root: root)
        scout = IOPool.processorCount > 1 ? DirectoryScout(readsStatus: options.readsStatus) : nil
    }

    mutating func run() throws -> [IgnoreWarning] {
        try enter(try listed(reader.root), after: IgnoreScope.Decision())
        while let level = levels.indices.last {
            let index = levels[level].next
            if index < levels[level].listing.count {
                levels[level].next = index + 1
                if index != levels[level].git { try visit(index, at: level) }
            } else {
                try leave()
            }
        }
        return reader.warnings + scope.warnings
    }

    private mutating func visit(_ index: Int, at level: Int) throws {
        if levels[level].listing.kind(index) == .directory { scoutAhead() }
        path.push(index, of: levels[level].listing)
        let place = try place(index, of: levels[level].listing)
        let isEntered =
            if let above = levels[level].ignoredBy {
                try visitIgnored(place, by: above)
            } else {
                try visitUndecided(place)
            }
        if !isEntered { path.pop() }
    }

    private func place(
        _ index: Int, of listing: borrowing DirectoryListing
    ) throws(ContextError) -> Place {
        let kind = listing.kind(index)
        if kind != .unknown { return Place(index: index, kind: kind, status: nil) }
        let status = try lstat(index, of: listing)
        return Place(index: index, kind: status.kind, status: status)
    }

    /// Tells an entry below an ignored directory, and enters it where it is one.
    private mutating func visitIgnored(_ place: Place, by above: IgnoreVerdict) throws -> Bool {
        try report(place, above)
        if place.kind != .directory { return false }
        try enter(
            try listed(try opened(place)), after: IgnoreScope.Decision(), ignoredBy: above)
        return true
    }

    /// Decides about an entry, tells it where it is wanted, and enters it where something below may be.
    private mutating func visitUndecided(_ place: Place) throws -> Bool {
        let isDirectory = place.kind == .directory
        let decision = scope.decide(path, isDirectory: isDirectory)
        if options.profile == .docker { try scope.checkPatterns() }
        if !isDirectory {
            if !decision.isIgnored || options.reportsIgnored { try report(place, scope.verdict(decision)) }
            return false
        }
        if !decision.isIgnored {
            try report(place, scope.verdict(decision))
            let scouted = scouted(place.index)
            try enter(try scouted?.found ?? listed(try opened(place)), after: decision)
            if let ahead = scouted?.ahead, let level = levels.indices.last {
                levels[level].ahead = ahead.below
                levels[level].scouted = ahead.scouted ?? 0
            }
        } else if scope.mayKeep(below: path), let directory = try openedIfReadable(place) {
            held.append(Held(entry: try entry(at: place), verdict: scope.verdict(decision)))
            try enter(try listed(directory), after: decision, isHeld: true)
        } else if options.reportsIgnored {
            try report(place, scope.verdict(decision))
            let reason = IgnoreVerdict.Reason.insideIgnored(
                directory: path.bytes, by: scope.source(decision.rank))
            try enter(
                try listed(try opened(place)), after: decision,
                ignoredBy: IgnoreVerdict(isIgnored: true, reason: reason))
        } else {
            return false
        }
        return true
    }
}

/// Telling what was found.
extension ContextWalk {
    private mutating func report(_ place: Place, _ verdict: IgnoreVerdict) throws {
        let entry = try entry(at: place)
        if heldLevels == 0 { return try body(entry, verdict) }
        if verdict.isIgnored {
            held.append(Held(entry: entry, verdict: verdict))
            return
        }
        // Everything that waits is on the way here, or was passed on it.
        for level in levels.indices where levels[level].isHeld {
            levels[level].isHeld = false
            let waiting = Array(path.bytes[..<path.range(level - 1).upperBound])
            for place in held.indices where held[place].entry.path == waiting {
                held[place].verdict = IgnoreVerdict(
                    isIgnored: false, reason: .holdsKept(held[place].verdict.rule))
            }
        }
        heldLevels = 0
        try flush()
        try body(entry, verdict)
    }

    mutating func flush() throws {
        for one in held { try body(one.entry, one.verdict) }
        held.removeAll()
    }

    private func entry(at place: Place) throws(ContextError) -> ContextEntry {
        guard options.readsStatus, let listing = levels.last?.listing else {
            return ContextEntry(path: path.bytes, kind: place.kind)
        }
        let status: FileStatus
        if let known = place.status { status = known } else { status = try lstat(place.index, of: listing) }
        if status.kind != place.kind {
            throw .changed(path.bytes, "it turned into something else during the walk")
        }
        let target = place.kind == .link ? try linkTarget(of: Array(listing.name(place.index))) : nil
        return ContextEntry(path: path.bytes, kind: place.kind, status: status, linkTarget: target)
    }

    private func linkTarget(of name: [UInt8]) throws(ContextError) -> [UInt8] {
        do {
            return try current.descriptor.linkTarget(of: name)
        } catch {
            if error.isNotFound { throw .vanished(path.bytes) }
            if error.isNoLink { throw .changed(path.bytes, "it is a link no more") }
            throw .system("read the link", path.bytes, error)
        }
    }

    private func lstat(
        _ index: Int, of listing: borrowing DirectoryListing
    ) throws(ContextError) -> FileStatus {
        if let known = levels.last?.statuses, index < known.count { return known[index] }
        do {
            return try current.descriptor.status(index, of: listing)
        } catch {
            throw error.isNotFound ? .vanished(path.bytes) : .system("look at", path.bytes, error)
        }
    }
}
