internal import ChalkSystem

/// Going down and up.
extension ContextWalk {
    /// Directories that are kept open at a time.
    private static let mostOpen = 200 - DirectoryScout.mostErrands
    /// Listings that are kept for their memory, and how much of it each, in bytes.
    private static let mostSpare = 8
    private static let spareCapacity = 1 << 20
    static let gitName = Array(".git".utf8)

    /// The directory where the walk is.
    var current: OpenDirectory { open.last ?? reader.root }

    /// Opens the directory that the walk stands at.
    func opened(_ place: Place) throws(ContextError) -> OpenDirectory {
        guard let listing = levels.last?.listing else { return current }
        do {
            return OpenDirectory(
                try current.descriptor.open(place.index, of: listing, [.readOnly, .directory]))
        } catch {
            if error.isNotFound || error.isLinkRefused { throw .vanished(path.bytes) }
            throw .system("open", path.bytes, error)
        }
    }

    /// The same for an ignored directory; nil where it may not be read, which is no reason to fail.
    func openedIfReadable(_ place: Place) throws(ContextError) -> OpenDirectory? {
        do {
            return try opened(place)
        } catch {
            if error.cause?.isPermissionDenied == true { return nil }
            throw error
        }
    }

    /// Reads the names in a directory.
    mutating func listed(_ directory: OpenDirectory) throws(ContextError) -> DirectoryScout.Found {
        var listing = spare.popLast() ?? DirectoryListing()
        do {
            try listing.read(directory.descriptor, through: &buffer)
        } catch {
            throw error.isNotFound ? .vanished(path.bytes) : .system("list", path.bytes, error)
        }
        return DirectoryScout.Found(directory: directory, listing: listing)
    }

    mutating func enter(
        _ found: DirectoryScout.Found, after decision: IgnoreScope.Decision, ignoredBy: IgnoreVerdict? = nil,
        isHeld: Bool = false
    ) throws {
        let files = ignoredBy == nil ? try ignoreFiles(in: found) : []
        scope.enter(depth: levels.count, files, after: decision)
        if isHeld { heldLevels += 1 }
        let git = options.dropsGit ? found.listing.index(of: ContextWalk.gitName) : nil
        levels.append(
            Level(
                listing: found.listing, statuses: found.statuses, git: git, ignoredBy: ignoredBy,
                isHeld: isHeld))
        open.append(found.directory)
        if open.count > ContextWalk.mostOpen { try closeFarthest() }
    }

    private mutating func ignoreFiles(in found: DirectoryScout.Found) throws(ContextError) -> [IgnoreFile] {
        var files: [IgnoreFile] = []
        for name in reader.names {
            guard let index = found.listing.index(of: name) else { continue }
            var filePath = path
            filePath.push(name)
            let file = try reader.read(
                name, in: found.directory.descriptor, path: filePath.bytes, kind: found.listing.kind(index))
            if let file { files.append(file) }
        }
        return files
    }

    mutating func leave() throws {
        guard let level = levels.popLast() else { return }
        recall(level.ahead)
        scope.leave()
        if level.isHeld {
            heldLevels -= 1
            if !options.reportsIgnored {
                held.removeLast()
            } else if heldLevels == 0 {
                try flush()
            }
        }
        if let left = open.popLast(), open.isEmpty, let parent = levels.last {
            open.append(try parentDirectory(of: left, expecting: parent.identity))
        }
        if spare.count < ContextWalk.mostSpare, level.listing.capacity <= ContextWalk.spareCapacity {
            spare.append(level.listing)
        }
        if !levels.isEmpty { path.pop() }
    }

    /// Closes the directory that is furthest up among those still open.
    private mutating func closeFarthest() throws {
        do {
            let status = try open.removeFirst().descriptor.status()
            levels[levels.count - 1 - open.count].identity = FileIdentity(status)
        } catch {
            throw ContextError.system("look at", path.bytes, error)
        }
    }

    /// Opens a directory again by going up from the one below it, and makes sure that it is the same one.
    private func parentDirectory(
        of below: OpenDirectory, expecting identity: FileIdentity?
    ) throws -> OpenDirectory {
        do {
            let directory = OpenDirectory(try below.descriptor.open("..", [.readOnly, .directory]))
            guard FileIdentity(try directory.descriptor.status()) == identity else {
                throw ContextError.changed(path.bytes, "the directory was moved during the walk")
            }
            return directory
        } catch let error as SystemError {
            throw ContextError.system("go up from", path.bytes, error)
        }
    }
}
