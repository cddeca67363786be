/// A set of ignore files that can be asked about paths, without any file system: the library type.
///
/// A value that any number of threads may share. Asking costs the patterns of the directories on the way; to
/// decide about whole trees use ``ContextWalker``, which does that once a directory.
package struct IgnoreRules: Sendable {
    /// Whose rules.
    package let profile: IgnoreProfile
    private let base: IgnoreScope
    private let files: [[UInt8]: [IgnoreFile]]
    private let dropsGit: Bool

    /// Rules from the contents of ignore files.
    ///
    /// - Parameters:
    ///   - files: Path from the root and content of each, in any order. Names other than the profile's
    ///     (``IgnoreProfile/ignoreFileNames``; `.dockerignore` at the root for `docker`) are passed over.
    ///   - exclude: Patterns that come after everything else.
    ///   - dropsGit: Whether entries called `.git` are ignored at every level.
    /// - Throws: ``ContextError`` for a pattern that the profile or an `exclude` list refuses.
    package init(
        profile: IgnoreProfile = .goGit, files: [(path: [UInt8], content: [UInt8])], exclude: [[UInt8]] = [],
        dropsGit: Bool = true
    ) throws(ContextError) {
        self.profile = profile
        self.dropsGit = dropsGit
        var byDirectory: [[UInt8]: [IgnoreFile]] = [:]
        for name in profile.ignoreFileNames {
            for file in files {
                let path = ComponentPath(file.path)
                guard path.count > 0, Array(path.bytes[path.range(path.count - 1)]) == name else { continue }
                let directory = Array(path.bytes.prefix(max(path.range(path.count - 1).lowerBound - 1, 0)))
                byDirectory[directory, default: []].append(
                    try IgnoreFile(file.content, path: path.bytes, profile: profile))
            }
        }
        var dockerignore: IgnoreFile?
        if profile == .docker, let file = files.first(where: { $0.path == Array(".dockerignore".utf8) }) {
            dockerignore = try IgnoreFile(file.content, path: file.path, profile: profile)
        }
        self.files = byDirectory
        base = IgnoreScope(
            profile: profile, exclude: try IgnoreFile(exclude: exclude, profile: profile),
            dockerignore: dockerignore)
    }

    /// The verdict on a path, as a walk from the root would give it.
    ///
    /// - Parameters:
    ///   - path: Components with `/` between them, relative to the root, without `.` or `..`.
    ///   - isDirectory: Whether `lstat` says that the entry is a directory.
    /// - Throws: ``ContextError`` (`pattern`) for `docker`, when a malformed pattern had to be tried.
    package func verdict(for path: [UInt8], isDirectory: Bool) throws(ContextError) -> IgnoreVerdict {
        var scope = base
        var current = ComponentPath()
        scope.enter(depth: 0, files[[]] ?? [], after: IgnoreScope.Decision())
        let parts = path.split(separator: UInt8(ascii: "/"))
        for (index, part) in parts.enumerated() {
            current.push(part)
            let isLast = index == parts.count - 1
            if dropsGit && part.elementsEqual(".git".utf8) {
                let reason: IgnoreVerdict.Reason =
                    isLast ? .git : .insideIgnored(directory: current.bytes, by: nil)
                return IgnoreVerdict(isIgnored: true, reason: reason)
            }
            let decision = scope.decide(current, isDirectory: isDirectory || !isLast)
            try scope.checkPatterns()
            if isLast { return scope.verdict(decision) }
            if decision.isIgnored && !scope.mayKeep(below: current) {
                return IgnoreVerdict(
                    isIgnored: true,
                    reason: .insideIgnored(directory: current.bytes, by: scope.source(decision.rank)))
            }
            scope.enter(depth: index + 1, files[current.bytes] ?? [], after: decision)
        }
        return .kept
    }
}
