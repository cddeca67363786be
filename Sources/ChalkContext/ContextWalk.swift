internal import ChalkSystem

/// One walk under way.
struct ContextWalk {
    typealias Body = (ContextEntry, IgnoreVerdict) throws -> Void

    /// A directory that is being gone through.
    private struct Level {
        /// Closed meanwhile where the tree is very deep.
        var directory: OpenDirectory?
        /// Device and inode, known once the directory was closed.
        var identity: FileIdentity?
        var listing: DirectoryListing
        var next = 0
        /// Everything here is ignored, by the pattern of this rank, because this directory is.
        var ignoredBy: IgnoreVerdict?
        /// Whether the directory waits in `held` for something to be kept below it.
        var isHeld = false
    }

    private struct FileIdentity: Equatable {
        let device: UInt64
        let inode: UInt64

        init(_ status: FileStatus) {
            device = status.device
            inode = status.inode
        }
    }

    /// An entry whose verdict may still turn, because a directory on the way to it waits.
    private struct Held {
        let entry: ContextEntry
        var verdict: IgnoreVerdict
    }

    /// Directories that are kept open at a time.
    private static let mostOpen = 200
    private static let gitName = Array(".git".utf8)

    private let options: ContextWalker.Options
    private var scope: IgnoreScope
    private var reader: IgnoreFileReader
    private let root: OpenDirectory
    private let body: Body
    private var levels: [Level] = []
    /// Listings of directories that were left, for their memory.
    private var spare: [DirectoryListing] = []
    private var path = ComponentPath()
    private var held: [Held] = []
    private var heldLevels = 0

    init(
        options: ContextWalker.Options, scope: IgnoreScope, root: OpenDirectory, body: @escaping Body
    ) {
        self.options = options
        self.scope = scope
        self.root = root
        self.body = body
        reader = IgnoreFileReader(profile: options.profile, root: root)
    }

    mutating func run() throws -> [IgnoreWarning] {
        try enter(root, after: IgnoreScope.Decision(), ignoredBy: nil, isHeld: false)
        while let top = levels.indices.last {
            if levels[top].next < levels[top].listing.count {
                let index = levels[top].next
                levels[top].next += 1
                try visit(index, at: top)
            } else {
                try leave()
            }
        }
        return reader.warnings + scope.warnings
    }

    private mutating func visit(_ index: Int, at top: Int) throws {
        let name = levels[top].listing.name(index)
        if options.dropsGit && name.count == 4 && name.elementsEqual(ContextWalk.gitName) { return }
        guard let directory = levels[top].directory else { return }
        path.push(name)
        var kind = levels[top].listing.kind(index)
        var status: FileStatus?
        if kind == .unknown {
            status = try lstat(index, at: top, directory)
            kind = status?.kind ?? .unknown
        }
        let isDirectory = kind == .directory
        if let above = levels[top].ignoredBy {
            try report(index, at: top, directory, kind, status, above)
            if isDirectory {
                try enter(index, at: top, directory, after: IgnoreScope.Decision(), ignoredBy: above)
            } else {
                path.pop()
            }
            return
        }
        let decision = scope.decide(path, isDirectory: isDirectory)
        if options.profile == .docker { try scope.checkPatterns() }
        if !isDirectory {
            if !decision.isIgnored || options.reportsIgnored {
                try report(index, at: top, directory, kind, status, scope.verdict(decision))
            }
            path.pop()
        } else if !decision.isIgnored {
            try report(index, at: top, directory, kind, status, scope.verdict(decision))
            try enter(index, at: top, directory, after: decision, ignoredBy: nil)
        } else if scope.mayKeep(below: path) {
            let entry = try self.entry(index, at: top, directory, kind, status)
            held.append(Held(entry: entry, verdict: scope.verdict(decision)))
            try enter(index, at: top, directory, after: decision, ignoredBy: nil, isHeld: true)
        } else if options.reportsIgnored {
            try report(index, at: top, directory, kind, status, scope.verdict(decision))
            let inside = IgnoreVerdict(
                isIgnored: true,
                reason: .insideIgnored(directory: path.bytes, by: scope.source(decision.rank)))
            try enter(index, at: top, directory, after: decision, ignoredBy: inside)
        } else {
            path.pop()
        }
    }

    // MARK: Reporting

    private mutating func report(
        _ index: Int, at top: Int, _ directory: OpenDirectory, _ kind: FileStatus.Kind, _ status: FileStatus?,
        _ verdict: IgnoreVerdict
    ) throws {
        let entry = try self.entry(index, at: top, directory, kind, status)
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

    private mutating func flush() throws {
        for one in held { try body(one.entry, one.verdict) }
        held.removeAll()
    }

    private func entry(
        _ index: Int, at top: Int, _ directory: OpenDirectory, _ kind: FileStatus.Kind, _ known: FileStatus?
    ) throws(ContextError) -> ContextEntry {
        if !options.readsStatus { return ContextEntry(path: path.bytes, kind: kind) }
        let status: FileStatus
        if let known { status = known } else { status = try lstat(index, at: top, directory) }
        if status.kind != kind { throw .changed(path.bytes, "it turned into something else during the walk") }
        var target: [UInt8]?
        if kind == .link {
            do {
                target = try directory.descriptor.linkTarget(of: Array(levels[top].listing.name(index)))
            } catch {
                throw error.isNotFound ? .vanished(path.bytes) : .system("read the link", path.bytes, error)
            }
        }
        return ContextEntry(path: path.bytes, kind: kind, status: status, linkTarget: target)
    }

    private func lstat(
        _ index: Int, at top: Int, _ directory: OpenDirectory
    ) throws(ContextError) -> FileStatus {
        do {
            return try directory.descriptor.status(index, of: levels[top].listing)
        } catch {
            throw error.isNotFound ? .vanished(path.bytes) : .system("look at", path.bytes, error)
        }
    }

    // MARK: Going down and up

    private mutating func enter(
        _ index: Int, at top: Int, _ parent: OpenDirectory, after decision: IgnoreScope.Decision,
        ignoredBy: IgnoreVerdict?, isHeld: Bool = false
    ) throws {
        let directory: OpenDirectory
        do {
            directory = OpenDirectory(
                try parent.descriptor.open(index, of: levels[top].listing, [.readOnly, .directory]))
        } catch {
            if error.isNotFound || error.isLinkRefused { throw ContextError.vanished(path.bytes) }
            throw ContextError.system("open", path.bytes, error)
        }
        try enter(directory, after: decision, ignoredBy: ignoredBy, isHeld: isHeld)
    }

    private mutating func enter(
        _ directory: OpenDirectory, after decision: IgnoreScope.Decision, ignoredBy: IgnoreVerdict?,
        isHeld: Bool
    ) throws {
        var listing = spare.popLast() ?? DirectoryListing()
        do {
            try listing.read(directory.descriptor)
        } catch {
            throw ContextError.system("list", path.bytes, error)
        }
        var files: [IgnoreFile] = []
        if ignoredBy == nil {
            for name in options.profile.ignoreFileNames {
                guard let index = listing.index(of: name) else { continue }
                var filePath = path
                filePath.push(name)
                let file = try reader.read(
                    name, in: directory.descriptor, path: filePath.bytes, kind: listing.kind(index))
                if let file { files.append(file) }
            }
        }
        scope.enter(depth: levels.count, files, after: decision)
        if isHeld { heldLevels += 1 }
        levels.append(
            Level(directory: directory, identity: nil, listing: listing, ignoredBy: ignoredBy, isHeld: isHeld)
        )
        try closeFar()
    }

    private mutating func leave() throws {
        guard let level = levels.popLast() else { return }
        scope.leave()
        if level.isHeld {
            heldLevels -= 1
            if !options.reportsIgnored {
                held.removeLast()
            } else if heldLevels == 0 {
                try flush()
            }
        }
        if let parent = levels.indices.last, levels[parent].directory == nil, let left = level.directory {
            try reopen(parent, from: left)
        }
        if spare.count < 8 { spare.append(level.listing) }
        if !levels.isEmpty { path.pop() }
    }

    /// Closes the directory that is furthest up among those still open, but for the root.
    private mutating func closeFar() throws {
        let far = levels.count - 1 - ContextWalk.mostOpen
        guard far > 0, let directory = levels[far].directory else { return }
        do {
            levels[far].identity = FileIdentity(try directory.descriptor.status())
        } catch {
            throw ContextError.system("look at", path.bytes, error)
        }
        levels[far].directory = nil
    }

    /// Opens a directory again by going up from the one below it, and makes sure that it is the same one.
    private mutating func reopen(_ parent: Int, from below: OpenDirectory) throws {
        do {
            let directory = OpenDirectory(try below.descriptor.open("..", [.readOnly, .directory]))
            guard FileIdentity(try directory.descriptor.status()) == levels[parent].identity else {
                throw ContextError.changed(path.bytes, "the directory was moved during the walk")
            }
            levels[parent].directory = directory
        } catch let error as SystemError {
            throw ContextError.system("go up from", path.bytes, error)
        }
    }
}

extension SystemError {
    /// Whether a link stood where none is followed.
    var isLinkRefused: Bool { code == 40 }
}
