package import ChalkSystem

/// Walks a tree under the rules of several profiles at once and tells where they disagree.
///
/// Directories that all of them ignore are not entered. Memory does not grow with the number of entries.
package struct DialectComparison: ~Copyable {
    /// An entry that some keep and some ignore.
    package struct Difference: Sendable {
        /// From the root.
        package let path: [UInt8]
        /// By `lstat`.
        package let kind: FileStatus.Kind
        /// One for each profile, in the order that was asked for.
        package let verdicts: [(profile: IgnoreProfile, verdict: IgnoreVerdict)]
        /// What makes go-git and git disagree; none where they agree or are not both asked for.
        package let rules: [DialectRule]
    }

    private struct Level {
        var listing: DirectoryListing
        var next = 0
    }

    private let profiles: [IgnoreProfile]
    private let inquiries: [IgnoreInquiry]
    private var explainer: DialectExplainer
    private var directories: ContextReader
    private var levels: [Level] = []
    private var buffer = DirectoryListing.Buffer()
    private var path = ComponentPath()

    /// A comparison below `root`, which may be closed afterwards.
    ///
    /// - Parameters:
    ///   - exclude: Patterns that come last in each profile.
    ///   - dockerignore: The file of profile `docker`.
    package init(
        _ root: borrowing FileDescriptor, profiles: [IgnoreProfile], exclude: [[UInt8]] = [],
        dockerignore: IgnoreFile? = nil
    ) throws(ContextError) {
        var inquiries: [IgnoreInquiry] = []
        for profile in profiles {
            let options = ContextWalker.Options(
                profile: profile, exclude: exclude, dockerignore: profile == .docker ? dockerignore : nil)
            inquiries.append(try IgnoreInquiry(root, options: options))
        }
        let explainer = try DialectExplainer(root, exclude: exclude)
        let directories = try ContextReader.open(root)
        self.profiles = profiles
        self.inquiries = inquiries
        self.explainer = explainer
        self.directories = directories
    }

    /// Walks everything in byte order and hands over each difference as it is found.
    ///
    /// - Returns: What is to be said about the ignore files.
    /// - Throws: ``ContextError``, or what `body` throws.
    package consuming func run(_ body: (Difference) throws -> Void) throws -> [IgnoreWarning] {
        try enter()
        while let top = levels.indices.last {
            let level = levels[top]
            if level.next == level.listing.count {
                levels.removeLast()
                if !levels.isEmpty { path.pop() }
                continue
            }
            levels[top].next += 1
            let name = Array(level.listing.name(level.next))
            if name == Array(".git".utf8) { continue }
            var kind = level.listing.kind(level.next)
            if kind == .unknown { kind = try look(at: name) }
            path.push(name)
            if try visit(kind, body), kind == .directory { try enter() } else { path.pop() }
        }
        var seen: Set<IgnoreWarning> = []
        return inquiries.flatMap(\.warnings).filter { seen.insert($0).inserted }
    }

    /// Whether any profile keeps the entry that `path` names.
    private mutating func visit(_ kind: FileStatus.Kind, _ body: (Difference) throws -> Void) throws -> Bool {
        var verdicts: [(profile: IgnoreProfile, verdict: IgnoreVerdict)] = []
        for (profile, inquiry) in zip(profiles, inquiries) {
            verdicts.append((profile, try inquiry.verdict(for: path.bytes, kind: kind)))
        }
        let kept = verdicts.count { !$0.verdict.isIgnored }
        if kept == 0 || kept == verdicts.count { return kept > 0 }
        var rules: [DialectRule] = []
        func isIgnored(_ profile: IgnoreProfile) -> Bool? {
            verdicts.first { $0.profile == profile }?.verdict.isIgnored
        }
        if let mine = isIgnored(.goGit), let theirs = isIgnored(.git), mine != theirs {
            rules = try explainer.explain(path.bytes, isDirectory: kind == .directory, goal: theirs)
        }
        try body(Difference(path: path.bytes, kind: kind, verdicts: verdicts, rules: rules))
        return true
    }

    private mutating func enter() throws(ContextError) {
        var listing = DirectoryListing()
        do {
            let directory = try directories.directory(path.bytes).descriptor.open(
                ".", [.readOnly, .directory])
            try listing.read(directory, through: &buffer)
        } catch {
            throw error.isNotFound ? .vanished(path.bytes) : .system("list", path.bytes, error)
        }
        levels.append(Level(listing: listing))
    }

    private mutating func look(at name: [UInt8]) throws(ContextError) -> FileStatus.Kind {
        do {
            return try directories.directory(path.bytes).descriptor.status(of: name).kind
        } catch {
            throw error.isNotFound ? .vanished(path.bytes) : .system("look at", path.bytes + name, error)
        }
    }
}
