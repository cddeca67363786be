package import ChalkSystem

/// One case of an ignore corpus: a tree with ignore files, and recorded verdicts on every entry.
///
/// `docs/ignore-conformance.md` has the format.
package struct IgnoreCorpusCase: Sendable {
    /// A recorded verdict.
    package struct Expectation: Hashable, Sendable {
        /// From the root of the case.
        package let path: [UInt8]
        /// Whether each program (by its key) ignores the path.
        package let verdicts: [String: Bool]
    }

    /// Unique in its corpus.
    package let id: String
    /// Directories, which may be implied by other paths as well.
    package let directories: [[UInt8]]
    /// Files that are not ignore files, with content.
    package let files: [(path: [UInt8], content: [UInt8])]
    /// Links and what they say.
    package let links: [(path: [UInt8], target: [UInt8])]
    /// Ignore files with content.
    package let ignoreFiles: [(path: [UInt8], content: [UInt8])]
    /// `exclude` entries.
    package let exclude: [[UInt8]]
    /// One for every entry outside `.git`.
    package internal(set) var expectations: [Expectation]
    /// Whether the program refuses the ignore file.
    package let isRefused: Bool

    /// Where a corpus says nothing under one key, another one is asked.
    private static let fallback = [
        "gogit5_latest": "gogit5", "gogit6_pruned": "gogit6_scope", "chalk": "gogit6_scope", "git_new": "git",
    ]

    /// What a program (`chalk`, `git_new`, …) says of every path: true for ignored. Paths of which nothing is
    /// recorded are left out.
    package func expected(_ key: String) -> [[UInt8]: Bool] {
        var map: [[UInt8]: Bool] = [:]
        for expectation in expectations {
            map[expectation.path] =
                expectation.verdicts[key] ?? expectation.verdicts[IgnoreCorpusCase.fallback[key] ?? key]
        }
        return map
    }

    /// The case without its directories' verdicts, for programs that tell files and links only.
    package var filesOnly: IgnoreCorpusCase {
        var holders = Set(directories)
        for expectation in expectations {
            var path = IgnoreCorpusCase.parent(expectation.path)
            while !path.isEmpty, holders.insert(path).inserted { path = IgnoreCorpusCase.parent(path) }
        }
        var copy = self
        copy.expectations.removeAll { holders.contains($0.path) }
        return copy
    }

    /// Lays the tree out below an empty directory.
    ///
    /// - Parameter repository: Whether to make the directory a git repository, for programs that want one.
    package func layOut(in root: borrowing FileDescriptor, repository: Bool = false) throws(SystemError) {
        if repository { try IgnoreCorpusCase.makeRepository(in: root) }
        for directory in directories { try IgnoreCorpusCase.makeDirectories(directory, in: root) }
        for (path, content) in files + ignoreFiles {
            try IgnoreCorpusCase.makeFile(path, content, in: root)
        }
        for (path, target) in links {
            try IgnoreCorpusCase.makeDirectories(IgnoreCorpusCase.parent(path), in: root)
            try root.makeLink(path, to: target)
        }
    }

    /// The least that git takes for a repository.
    private static func makeRepository(in root: borrowing FileDescriptor) throws(SystemError) {
        for name in ["objects", "refs", "info"] { try makeDirectories(Array(".git/\(name)".utf8), in: root) }
        let files = [
            "HEAD": "ref: refs/heads/main\n",
            "config":
                "[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = false\n\tignorecase = false\n",
        ]
        for (name, text) in files { try makeFile(Array(".git/\(name)".utf8), Array(text.utf8), in: root) }
    }

    private static func makeFile(
        _ path: [UInt8], _ content: [UInt8], in root: borrowing FileDescriptor
    ) throws(SystemError) {
        try makeDirectories(parent(path), in: root)
        let file = try root.open(path, [.writeOnly, .create, .truncate])
        try file.write(content)
    }

    private static func parent(_ path: [UInt8]) -> [UInt8] {
        Array(path[..<(path.lastIndex(of: UInt8(ascii: "/")) ?? 0)])
    }

    private static func makeDirectories(_ path: [UInt8], in root: borrowing FileDescriptor)
        throws(SystemError)
    {
        if path.isEmpty { return }
        do {
            try root.makeDirectory(path)
        } catch  where error.isAlreadyThere {
            return
        } catch  where error.isNotFound {
            try makeDirectories(parent(path), in: root)
            try root.makeDirectory(path)
        }
    }
}
