package import ChalkSystem

/// Asks about single entries of a tree on disk, whether they exist or not.
///
/// Neighbours are cheap: what is known of the directories on the way to one entry is kept for the next. Not for
/// two threads at once.
package final class IgnoreInquiry {
    private struct Level {
        /// Everything here is ignored, because this directory is.
        let ignoredBy: IgnoreVerdict?
    }

    private let options: ContextWalker.Options
    private let root: OpenDirectory
    private var scope: IgnoreScope
    private var files: IgnoreFileReader
    private var directories: ContextReader
    /// The root and the directories on the way to the entry that was asked about last.
    private var levels: [Level] = []
    private var path = ComponentPath()
    /// The files of the root and the `exclude` entries, weakest first.
    private var rootFiles: [IgnoreFile]
    private var holding: Set<[UInt8]>?

    /// An inquiry below `root`, which may be closed afterwards.
    ///
    /// - Parameter options: As for a walk; what is reported and read is of no matter here.
    /// - Throws: ``ContextError``.
    package init(_ root: borrowing FileDescriptor, options: ContextWalker.Options) throws(ContextError) {
        let top: OpenDirectory
        do {
            top = OpenDirectory(try root.open(".", [.readOnly, .directory]))
        } catch {
            throw .system("open", [], error)
        }
        self.root = top
        self.options = options
        files = IgnoreFileReader(profile: options.profile, root: top)
        directories = try ContextReader.open(top.descriptor)
        let exclude = try IgnoreFile(exclude: options.exclude, profile: options.profile)
        scope = IgnoreScope(
            profile: options.profile, exclude: exclude, dockerignore: options.dockerignore)
        rootFiles = [exclude]
        rootFiles = try ignoreFiles() + rootFiles
        scope.enter(depth: 0, Array(rootFiles.dropLast()), after: IgnoreScope.Decision())
        levels.append(Level(ignoredBy: nil))
    }

    /// What is to be said about the ignore files read so far, each thing once.
    package var warnings: [IgnoreWarning] {
        var seen: Set<IgnoreWarning> = []
        return (files.warnings + scope.warnings).filter { seen.insert($0).inserted }
    }

    /// The verdict on an entry, as a walk from the root would give it.
    ///
    /// - Parameters:
    ///   - entry: Components below the root with `/` between them. The last one may be empty: so git asks about
    ///     a directory when its name ends in a slash, and about the root, and a pattern such as `*` fits that.
    ///   - kind: What the entry is; nil looks. What is not there is no directory.
    /// - Throws: ``ContextError``: `path` when a link is on the way.
    package func verdict(
        for entry: [UInt8], kind: FileStatus.Kind? = nil
    ) throws -> IgnoreVerdict {
        if entry.isEmpty { return verdictOnRoot() }
        let parts = entry.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        try go(to: parts.dropLast(), asked: entry)
        guard let name = parts.last, let level = levels.last else { return .kept }
        if let above = level.ignoredBy { return above }
        if isGit(name) { return IgnoreVerdict(isIgnored: true, reason: .git) }
        let isDirectory = try (kind ?? self.kind(of: name)) == .directory
        path.push(name)
        defer { path.pop() }
        let decision = scope.decide(path, isDirectory: isDirectory)
        if options.profile == .docker {
            try scope.checkPatterns()
            if isDirectory, decision.isIgnored, try holdsKept(path.bytes) {
                return IgnoreVerdict(
                    isIgnored: false, reason: .holdsKept(scope.source(decision.rank)))
            }
        }
        return scope.verdict(decision)
    }

    /// The root has no name, so only a pattern without a slash can fit it; none that is for directories does.
    private func verdictOnRoot() -> IgnoreVerdict {
        for file in rootFiles.reversed() {
            for pattern in file.patterns.reversed() where !pattern.directoriesOnly {
                guard case .name(let glob) = pattern.shape, glob.matches([]) else { continue }
                let source = IgnoreRuleSource(file: file.path, pattern: pattern)
                return IgnoreVerdict(isIgnored: !pattern.isInclude, reason: .rule(source))
            }
        }
        return .kept
    }

    private func isGit(_ name: ArraySlice<UInt8>) -> Bool {
        options.dropsGit && name.elementsEqual(".git".utf8)
    }

    private func kind(of name: ArraySlice<UInt8>) throws(ContextError) -> FileStatus.Kind {
        if name.isEmpty { return try openDirectory() == nil || levels.count == 1 ? .unknown : .directory }
        do {
            return try openDirectory()?.descriptor.statusIfPresent(of: Array(name))?.kind ?? .unknown
        } catch let error as SystemError {
            throw .system("look at", path.bytes + [UInt8(ascii: "/")] + name, error)
        } catch {
            throw ContextError(.system, "cannot look at \(ContextError.show(path.bytes)): \(error)")
        }
    }

    // MARK: Going there

    private func go(to parents: ArraySlice<ArraySlice<UInt8>>, asked: [UInt8]) throws {
        var common = 0
        while common < min(path.count, parents.count), path.bytes[path.range(common)] == parents[common] {
            common += 1
        }
        while path.count > common {
            levels.removeLast()
            scope.leave()
            path.pop()
        }
        for name in parents[common...] { try enter(name, asked: asked) }
    }

    private func enter(_ name: ArraySlice<UInt8>, asked: [UInt8]) throws {
        let above = levels.last?.ignoredBy
        let isLink = try kind(of: name) == .link
        path.push(name)
        do {
            if isLink {
                let shown = ContextError.show(path.bytes)
                throw ContextError(
                    .path,
                    "cannot check \(ContextError.show(asked)): \(shown) is a symbolic link, and a walk never goes "
                        + "below one; name the path that it leads to")
            }
            var decision = IgnoreScope.Decision()
            var ignoredBy = above
            if above == nil, isGit(name) {
                ignoredBy = inside(by: nil)
            } else if above == nil {
                decision = scope.decide(path, isDirectory: true)
                if options.profile == .docker { try scope.checkPatterns() }
                if decision.isIgnored && !scope.mayKeep(below: path) {
                    ignoredBy = inside(by: scope.source(decision.rank))
                }
            }
            let files = ignoredBy == nil ? try ignoreFiles() : []
            scope.enter(depth: levels.count, files, after: decision)
            levels.append(Level(ignoredBy: ignoredBy))
        } catch {
            path.pop()
            throw error
        }
    }

    private func inside(by source: IgnoreRuleSource?) -> IgnoreVerdict {
        IgnoreVerdict(isIgnored: true, reason: .insideIgnored(directory: path.bytes, by: source))
    }

    /// The directory that `path` names; nil when there is none.
    private func openDirectory() throws(ContextError) -> OpenDirectory? {
        do {
            return try directories.directory(path.bytes)
        } catch  where error.isNotFound || error.isLinkRefused {
            return nil
        } catch {
            throw .system("open", path.bytes, error)
        }
    }

    private func ignoreFiles() throws(ContextError) -> [IgnoreFile] {
        if options.profile.ignoreFileNames.isEmpty { return [] }
        guard let directory = try openDirectory() else { return [] }
        var list: [IgnoreFile] = []
        for name in options.profile.ignoreFileNames {
            var place = path
            place.push(name)
            let status: FileStatus?
            do {
                status = try directory.descriptor.statusIfPresent(of: name)
            } catch {
                throw .system("look at", place.bytes, error)
            }
            guard let kind = status?.kind else { continue }
            let file = try files.read(name, in: directory.descriptor, path: place.bytes, kind: kind)
            if let file { list.append(file) }
        }
        return list
    }

    // MARK: Directories that stay for what they hold (docker)

    private func holdsKept(_ directory: [UInt8]) throws -> Bool {
        guard scope.mayKeep(below: path) else { return false }
        if let holding { return holding.contains(directory) }
        var found: Set<[UInt8]> = []
        var options = options
        options.reportsIgnored = false
        options.readsStatus = false
        try ContextWalker(options: options).walk(root.descriptor) { entry, verdict in
            if case .holdsKept = verdict.reason { found.insert(entry.path) }
        }
        holding = found
        return found.contains(directory)
    }
}
