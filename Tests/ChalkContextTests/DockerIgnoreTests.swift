import ChalkContext
import ChalkSystem
import Testing

/// The rules of moby's patternmatcher as its documentation and tests state them, one pattern and one path
/// each.
@Suite struct DockerIgnoreTests {
    static let table: [(pattern: String, path: String, matches: Bool)] = [
        ("**", "file", true), ("**", "dir/file", true), ("**/", "dir/file", true),
        ("**/**", "dir/file", true),
        ("dir/**", "dir/file", true), ("dir/**", "dir/dir2/file", true), ("dir/**", "dir", false),
        ("**/dir", "dir", true), ("**/dir", "dir/file", true), ("**/dir2/*", "dir/dir2/file", true),
        ("**/dir2/**", "dir/dir2/dir3/file", true), ("**file", "file", true), ("**file", "dir/file", true),
        ("**file", "dir/xfile", true), ("**file*", "dir/xfile", false), ("**/file", "dir/dir/file", true),
        ("**/file*", "dir/dir/file.txt", true), ("**/file*txt", "dir/dir/file.txt", true),
        ("**/**/*.txt", "dir/dir/file.txt", true), ("**/**/*.txt2", "dir/dir/file.txt", false),
        ("**/*.txt", "file.txt", true), ("a**/*.txt", "a/file.txt", true),
        ("a**/*.txt", "a/dir/dir/file.txt", true),
        ("a/*.txt", "a/dir/file.txt", false), ("a/*.txt", "a/file.txt", true),
        ("a/*.txt**", "a/file.txt", true),
        ("a[b-d]e", "ae", false), ("a[b-d]e", "ace", true), ("a[^b-d]e", "aze", true),
        ("a[^b]c", "a/c", true),
        (".*", ".foo", true), (".*", "foo", false), ("abc.def", "abcdef", false),
        ("abc.def", "abcZdef", false),
        ("abc?def", "abcZdef", true), ("abc?def", "abcdef", false), ("abc?def", "abc/def", false),
        ("a\\*b", "a*b", true), ("a\\*b", "axb", false), ("a\\\\", "a\\", true),
        ("**/foo/bar", "dir/foo/bar", true),
        ("**/.foo", ".foo", true), ("**/.foo", "bar.foo", false), ("a(b)c/def", "a(b)c/def", true),
        ("a(b)c/def", "a(b)c/xyz", false), ("a.|)$(}+{bc", "a.|)$(}+{bc", true),
        ("dist/*.whl", "dist/p-2.4+g.whl", true),
        ("a", "b/a", false), ("/a", "a", true), ("*", "a/b", true), ("?", "é", true), ("[é]", "é", true),
        ("[[:alpha:]]", "a", true), ("[[:alpha:]]", "1", false), ("a{2}?", "aab", true), ("a|b*", "xb", true),
        ("x*|y", "a/y", true), ("a[*]b", "axb", false), ("\\d*", "7x", true), ("a^b", "a^b", true),
        ("a^b*", "a^bc", false),
    ]

    @Test(arguments: table.indices) func patterns(index: Int) throws {
        let row = DockerIgnoreTests.table[index]
        let rules = try IgnoreRules(profile: .docker, files: [(bytes(".dockerignore"), bytes(row.pattern))])
        #expect(
            try rules.verdict(for: bytes(row.path), isDirectory: false).isIgnored == row.matches,
            "\(row.pattern) \(row.path)")
    }

    @Test func lastMatchWins() throws {
        func ignores(_ lines: [String], _ path: String) throws -> Bool {
            let rules = try IgnoreRules(
                profile: .docker, files: [(bytes(".dockerignore"), bytes(lines.joined(separator: "\n")))])
            return try rules.verdict(for: bytes(path), isDirectory: false).isIgnored
        }
        #expect(try !ignores(["**", "!util/docker/web"], "util/docker/web/foo"))
        #expect(try ignores(["**", "!util/docker/web", "util/docker/web/foo"], "util/docker/web/foo"))
        #expect(try !ignores(["*.md", "!README.md"], "README.md"))
        #expect(try ignores(["*.md", "!README*.md", "README-secret.md"], "README-secret.md"))
        #expect(try !ignores(["*.md", "README-secret.md", "!README*.md"], "README-secret.md"))
    }

    @Test func ignoredDirectoriesAreEnteredForExceptions() throws {
        let tree = try Tree()
        for name in ["a/keep/x", "a/drop/y", "b/z", "c"] { try tree.file(name) }
        var options = ContextWalker.Options(profile: .docker)
        options.dockerignore = try IgnoreFile(
            bytes("*\n!a/keep"), path: bytes(".dockerignore"), profile: .docker)
        #expect(try tree.kept(options) == ["a", "a/keep", "a/keep/x"])
        options.dockerignore = try IgnoreFile(
            bytes("*\n!**/z"), path: bytes(".dockerignore"), profile: .docker)
        #expect(try tree.kept(options) == ["b", "b/z"])
        options.reportsIgnored = true
        var reasons: [String: IgnoreVerdict.Reason] = [:]
        var order: [String] = []
        try ContextWalker(options: options).walk(tree.root) { entry, verdict in
            order.append(text(entry.path))
            reasons[text(entry.path)] = verdict.reason
        }
        #expect(order == ["a", "a/drop", "a/drop/y", "a/keep", "a/keep/x", "b", "b/z", "c"])
        guard case .holdsKept(let source)? = reasons["b"] else {
            Issue.record("b: \(String(describing: reasons["b"]))")
            return
        }
        #expect(source?.description == ".dockerignore:1: *")
    }

    /// Where no exception has wildcards but at its end, BuildKit enters of the ignored directories only those on the way
    /// to one; otherwise it enters them all.
    @Test(arguments: [
        ("*\n!a/*", ["a", "a/b", "a/b/f", "a/f"]),
        ("*\n!a/**", ["a", "a/b", "a/b/f", "a/f"]),
        ("*\n!a/*/**", []),
        ("a/*\n!a/*/**", ["a", "x|a", "x|a/f"]),
        ("a/*\n!a/*/**\n!**/none", ["a", "a/b", "a/b/f", "x|a", "x|a/f"]),
        ("*\n!a/b/*", ["a", "a/b", "a/b/f"]),
        ("*\n!y|[a]/*", ["a", "a/b", "a/b/f", "a/f", "x|a", "x|a/f"]),
        ("*\n!ab{0}/?", ["a", "a/b", "a/b/f", "a/f"]),
        ("*\n!a", ["a", "a/b", "a/b/f", "a/f"]),
        ("a\n!a/b/f\na/b", ["a", "a/b", "a/b/f", "x|a", "x|a/f"]),
    ]) func directoriesThatAreEntered(ignore: String, kept: [String]) throws {
        let tree = try Tree()
        for name in ["a/b/f", "a/f", "x|a/f"] { try tree.file(name) }
        let file = try IgnoreFile(bytes(ignore), path: bytes(".dockerignore"), profile: .docker)
        #expect(try tree.kept(.init(profile: .docker, dockerignore: file)) == kept)
    }

    @Test func excludeEntriesComeLast() throws {
        let tree = try Tree()
        for name in ["a.csv", "keep.csv", "x"] { try tree.file(name) }
        var options = ContextWalker.Options(profile: .docker, exclude: [bytes("keep.*")])
        options.dockerignore = try IgnoreFile(
            bytes("*.csv\n!keep.csv"), path: bytes(".dockerignore"), profile: .docker)
        #expect(try tree.kept(options) == ["x"])
    }

    @Test(arguments: [
        (
            "[",
            "cannot use the pattern [ in .dockerignore:1: it is malformed; check its brackets and backslashes"
        ),
        (
            "a\n!",
            "cannot use the pattern ! in .dockerignore:2: it names nothing; write what is to be kept after the !"
        ),
        (
            "[b-a]",
            "cannot use the pattern [b-a] in .dockerignore:1: it is malformed; check its brackets and backslashes"
        ),
    ]) func refusals(content: String, message: String) throws {
        let error = #expect(throws: ContextError.self) {
            let rules = try IgnoreRules(profile: .docker, files: [(bytes(".dockerignore"), bytes(content))])
            _ = try rules.verdict(for: bytes("b"), isDirectory: false)
        }
        #expect(error?.description == message)
    }
}
