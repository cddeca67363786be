internal import ChalkPlan
internal import ChalkSystem

/// Brings one commit of a repository into a directory.
struct Checkout {
    private let source: GitSource
    private let commit: Repositories.Commit
    private let git: GitProgram
    private let scratch: String

    init(_ source: GitSource, _ commit: Repositories.Commit, _ git: GitProgram, _ scratch: String) {
        self.source = source
        self.commit = commit
        self.git = git
        self.scratch = scratch
    }

    private var tree: String { "\(scratch)/tree" }
    private var repository: String { "\(tree)/.git" }

    /// Fetches and checks out.
    ///
    /// - Returns: the directory with the files, below the scratch directory.
    /// - Throws: ``GitProgram/Failure``.
    func make() throws -> String {
        try FileSystem.makeDirectories(tree, mode: 0o755)
        // The name's length tells the kind of hash.
        let format = commit.name.utf8.count == 64 ? ["--object-format=sha256"] : []
        try git.run(["init", "--quiet", "--template="] + format, in: tree)
        try git.run(["remote", "add", "origin", source.remote], in: tree)
        try fetch()
        try git.run(["checkout", "--quiet", "--detach", commit.name], in: tree)
        if source.takesSubmodules { try takeSubmodules() }
        if source.keepsWholeGitDirectory {
            try tidy()
        } else {
            // Nothing asks for it again, and the address may hold credentials.
            try FileDescriptor.directory(tree).removeTree(".git")
        }
        return tree
    }

    /// Fetches no more than the commit, or whatever it takes: not every server has depths and bare commits.
    private func fetch() throws {
        let wanted = commit.reference ?? commit.name
        let attempts = [
            ["--depth=1", "--no-tags", "origin", wanted], ["--no-tags", "origin", commit.name],
            ["--no-tags", "origin", "+refs/*:refs/chalk/*"],
        ]
        var failure: GitProgram.Failure?
        for words in attempts {
            do {
                try git.run(["fetch", "--quiet", "--force"] + words, in: tree)
                try git.run(["cat-file", "-e", "\(commit.name)^{commit}"], in: tree)
                return
            } catch let error as GitProgram.Failure {
                failure = failure ?? error
            }
        }
        throw failure ?? GitProgram.Failure(reason: "commit \(commit.name) did not come")
    }

    private func takeSubmodules() throws {
        guard try FileSystem.statusIfPresent("\(tree)/.gitmodules") != nil else { return }
        let words = ["submodule", "--quiet", "update", "--init", "--recursive"]
        do {
            try git.run(words + ["--depth=1"], in: tree)
        } catch is GitProgram.Failure {
            try git.run(words, in: tree)
        }
    }

    /// Makes `.git` the same whenever and wherever the commit is fetched: no times, no traces of the fetch.
    private func tidy() throws {
        if let reference = commit.reference {
            try git.run(["update-ref", reference, commit.target], in: tree)
        }
        try git.run(["read-tree", commit.name], in: tree)
        try git.run(["remote", "set-url", "origin", source.shownRemote], in: tree)
        let directory = try FileDescriptor.directory(repository)
        for name in ["FETCH_HEAD", "ORIG_HEAD", "logs"] where try directory.statusIfPresent(of: name) != nil {
            try directory.removeTree(name)
        }
    }
}
