internal import ChalkOCI
internal import ChalkPlan
internal import ChalkStore
internal import ChalkSystem

/// Commits of git repositories, checked out below the store; a commit that was is not fetched again.
struct Repositories {
    /// A commit that a source means.
    struct Commit: Hashable, Sendable {
        /// Its whole name.
        let name: String
        /// The ref that leads to it (`refs/heads/main`); nil for one that was named itself.
        let reference: String?
        /// What the ref names: the commit, or the annotated tag on it.
        let target: String
    }

    private let session: BuildSession

    init(session: BuildSession) { self.session = session }

    /// The commit that a source means now.
    func commit(of source: GitSource) throws -> Commit {
        let commit: Commit
        if let name = source.reference, GitSource.isCommit(name) {
            commit = Commit(name: name.lowercased(), reference: nil, target: name.lowercased())
        } else {
            commit = try naming(source, "find the commit of") { git, scratch in
                try lookUp(source, git, scratch)
            }
        }
        if let checksum = source.checksum, !commit.name.hasPrefix(checksum),
            !commit.target.hasPrefix(checksum)
        {
            throw ChalkError(
                .failed,
                "\(source) is at commit \(commit.name), not at the \(checksum) of --checksum; look at what changed there before you change the checksum"
            )
        }
        return commit
    }

    private func lookUp(_ source: GitSource, _ git: GitProgram, _ scratch: String) throws -> Commit {
        guard let name = source.reference else {
            let rows = try git.run(["ls-remote", "--symref", "--", source.remote, "HEAD"], in: scratch)
                .split(separator: "\n").map { $0.split(separator: "\t").map(String.init) }
            let head = rows.first { $0.count == 2 && $0[1] == "HEAD" && !$0[0].hasPrefix("ref:") }
            guard let head, GitSource.isCommit(head[0]) else {
                throw GitProgram.Failure(reason: "it has no commit")
            }
            let branch = rows.first { $0.count == 2 && $0[0].hasPrefix("ref: ") }
            return Commit(
                name: head[0], reference: branch.map { String($0[0].dropFirst(5)) } ?? "refs/heads/main",
                target: head[0])
        }
        var found: [String: String] = [:]
        let text = try git.run(["ls-remote", "--", source.remote, name, "\(name)^{}"], in: scratch)
        for row in text.split(separator: "\n") {
            let columns = row.split(separator: "\t")
            if columns.count == 2 { found[String(columns[1])] = String(columns[0]) }
        }
        // A whole ref comes before a branch, a branch before a tag.
        let short = name.hasPrefix("refs/") ? String(name.dropFirst(5)) : name
        for reference in ["refs/\(short)", "refs/heads/\(name)", "refs/tags/\(name)"] {
            guard let target = found[reference], GitSource.isCommit(target) else { continue }
            return Commit(
                name: found["\(reference)^{}"] ?? target, reference: reference, target: target)
        }
        throw GitProgram.Failure(reason: "it has no branch or tag \(name)")
    }

    /// The directory of a commit's files, fetched where it is missing.
    func checkout(_ commit: Commit, of source: GitSource) throws -> String {
        let root = try "\(session.store.path(of: .checkouts))/\(place(commit, source))"
        if try FileSystem.statusIfPresent(root) == nil {
            try naming(source, "fetch") { git, scratch in
                let tree = try Checkout(source, commit, git, scratch).make()
                let parent = try FileDescriptor.directory(PathText.parent(of: root))
                let from = try FileDescriptor.directory(scratch)
                do throws(SystemError) {
                    try from.rename(PathText.name(of: tree), to: PathText.name(of: root), in: parent)
                } catch {
                    // Another build may have been faster.
                    if try FileSystem.statusIfPresent(root) == nil { throw error }
                }
            }
        }
        return try directory(of: source, in: root)
    }

    /// The same for a commit that an earlier build fetched.
    ///
    /// - Throws: ``UnknownBeforeBuild`` for others.
    func known(_ commit: Commit, of source: GitSource) throws -> String {
        let root = "\(session.store.path)/chalk/\(StoreFolder.checkouts.rawValue)/\(place(commit, source))"
        guard try FileSystem.statusIfPresent(root) != nil else {
            throw UnknownBeforeBuild(
                reason: "commit \(commit.name.prefix(12)) of \(source) cannot be known without fetching it")
        }
        return try directory(of: source, in: root)
    }

    /// The directory of the repository that is meant; links are refused, for they could lead anywhere.
    private func directory(of source: GitSource, in root: String) throws -> String {
        guard let subdirectory = source.subdirectory else { return root }
        do {
            var current = try FileDescriptor.directory(root)
            for part in subdirectory.split(separator: "/") {
                current = try current.open(String(part), [.readOnly, .directory, .noFollow])
            }
        } catch {
            throw ChalkError(
                .failed, "\(source) has no directory \(subdirectory); check the path after the :")
        }
        return "\(root)/\(subdirectory)"
    }

    /// The name of a checkout: whatever makes it another.
    private func place(_ commit: Commit, _ source: GitSource) -> String {
        let keeps = source.keepsWholeGitDirectory
        let words = [
            "checkout 1", source.remote, commit.name, "\(keeps)", "\(source.takesSubmodules)",
            keeps ? commit.reference ?? "" : "", keeps ? commit.target : "",
        ]
        return Digest.of(Array(words.joined(separator: "\0").utf8)).hex
    }

    private func naming<T>(
        _ source: GitSource, _ task: String, _ body: (GitProgram, String) throws -> T
    ) throws -> T {
        let scratch = try TemporaryDirectory.make(in: "\(session.store.path)/chalk", prefix: "git")
        do {
            let git = try GitProgram(
                session.options.sourceEnvironment, scratch: scratch.path, cancellation: session.cancellation)
            return try body(git, scratch.path)
        } catch let error as GitProgram.Failure {
            throw ChalkError(.failed, "cannot \(task) \(source): \(error.reason)")
        }
    }
}

extension GitSource {
    /// Whether `.git` comes along: never with a part of the repository, as it would say nothing of that.
    var keepsWholeGitDirectory: Bool { keepsGitDirectory == true && subdirectory == nil }
}
