internal import ChalkOCI
package import ChalkSystem

/// One case of an ignore corpus: a tree with ignore files, and recorded verdicts on every entry.
///
/// One JSON object a line:
/// `{"id","source","enc"?,"tree":{"dirs":[],"files":{path:null},"links"?:{path:target},
/// "ignore":{path:content}},"exclude"?:[],"expect":{path:{key:bool}},"error"?}`; true means ignored. With
/// `"enc":"latin1"` each character of paths, contents and targets stands for one byte; otherwise they are
/// UTF-8. `error` says that the program refuses the ignore file as a whole.
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
    package let expectations: [Expectation]
    /// Whether the program refuses the ignore file.
    package let isRefused: Bool

    /// Where a corpus says nothing under one key, another one is asked.
    private static let fallback = [
        "gogit5_latest": "gogit5", "gogit6_pruned": "gogit6_scope", "chalk": "gogit6_scope", "git_new": "git",
    ]

    /// A case from its line.
    ///
    /// - Throws: ``ContextError`` (`path`) when the line is not a case.
    package init(line: [UInt8]) throws(ContextError) {
        let json: JSON
        do {
            json = try JSON.parse(line)
        } catch {
            throw ContextError(.path, "cannot read a line of the ignore corpus: \(error)")
        }
        guard let id = json["id"]?.string, let tree = json["tree"] else {
            throw ContextError(
                .path,
                "cannot read a line of the ignore corpus: it has no id or no tree; see docs for the format")
        }
        let isLatin1 = json["enc"]?.string == "latin1"
        func bytes(_ text: String) -> [UInt8] {
            isLatin1 ? text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) } : Array(text.utf8)
        }
        func pairs(_ name: String) -> [([UInt8], [UInt8])] {
            (tree[name]?.members ?? []).map { (bytes($0.name), bytes($0.value.string ?? "")) }
        }
        self.id = id
        directories = (tree["dirs"]?.strings ?? []).map(bytes)
        files = pairs("files")
        links = pairs("links")
        ignoreFiles = pairs("ignore")
        exclude = (json["exclude"]?.strings ?? []).map(bytes)
        expectations = (json["expect"]?.members ?? []).map { member in
            var verdicts: [String: Bool] = [:]
            for verdict in member.value.members ?? [] { verdicts[verdict.name] = verdict.value.bool }
            return Expectation(path: bytes(member.name), verdicts: verdicts)
        }
        isRefused = json["error"] != nil
    }

    /// The cases of a corpus, one a line.
    package static func cases(in corpus: [UInt8]) throws(ContextError) -> [IgnoreCorpusCase] {
        var list: [IgnoreCorpusCase] = []
        for line in corpus.split(separator: 0x0A) { list.append(try IgnoreCorpusCase(line: Array(line))) }
        return list
    }

    /// What a program (`chalk`, `git_new`, …) says of every path: true for ignored.
    package func expected(_ key: String) -> [[UInt8]: Bool] {
        var map: [[UInt8]: Bool] = [:]
        for expectation in expectations {
            map[expectation.path] =
                expectation.verdicts[key] ?? expectation.verdicts[IgnoreCorpusCase.fallback[key] ?? key]
        }
        return map
    }

    /// Lays the tree out below an empty directory.
    package func layOut(in root: borrowing FileDescriptor) throws(SystemError) {
        for directory in directories { try IgnoreCorpusCase.makeDirectories(directory, in: root) }
        for (path, content) in files + ignoreFiles {
            try IgnoreCorpusCase.makeDirectories(IgnoreCorpusCase.parent(path), in: root)
            let file = try root.open(path, [.writeOnly, .create, .truncate])
            try file.write(content)
        }
        for (path, target) in links {
            try IgnoreCorpusCase.makeDirectories(IgnoreCorpusCase.parent(path), in: root)
            try root.makeLink(path, to: target)
        }
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
