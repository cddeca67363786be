import ChalkContext
import ChalkSystem
import Testing

/// One pattern, one path.
private func ignores(
    _ pattern: String, _ path: String, _ profile: IgnoreProfile = .goGit, isDirectory: Bool = false
) throws -> Bool {
    let file = profile == .docker ? ".dockerignore" : ".gitignore"
    let rules = try IgnoreRules(profile: profile, files: [(bytes(file), bytes(pattern))])
    return try rules.verdict(for: bytes(path), isDirectory: isDirectory).isIgnored
}

@Suite struct GlobTests {
    /// Semantics.md section 4.1; go-git and git agree on these.
    static let table: [(pattern: String, yes: [String], no: [String])] = [
        ("*", ["a", ".a", "é"], []),
        ("a*c", ["ac", "abc", "abcc"], ["a", "acb"]),
        ("a**c", ["ac", "abc"], ["a"]),
        ("*.tar.*", ["x.tar.gz", ".tar."], ["x.tar"]),
        ("?", ["a"], ["é", "", "ab"]),
        ("??", ["é"], ["a"]),
        ("\\*", ["*"], ["a", "\\*"]),
        ("\\a", ["a"], ["\\a"]),
        ("a\\", [], ["a", "a\\"]),
        ("[ab]", ["a", "b"], ["c", "[ab]"]),
        ("[!a]", ["b", "!"], ["a"]),
        ("[^a]", ["b", "^"], ["a"]),
        ("[]a]", ["]", "a"], ["b"]),
        ("[!]a]", ["b"], ["]", "a"]),
        ("[a-c]", ["a", "b", "c"], ["d", "-"]),
        ("[c-a]", ["c"], ["a", "b", "-"]),
        ("[a-]", ["a", "-"], ["b"]),
        ("[-a]", ["-", "a"], ["b"]),
        ("[a-c-e]", ["b", "-", "e"], ["d"]),
        ("[\\]]", ["]"], ["\\"]),
        ("[\\a-c]", ["a", "b", "c"], ["\\"]),
        ("[a-\\c]", ["a", "b", "c"], ["\\"]),
        ("[[:alpha:]]", ["a", "Z"], ["1", "é", ":"]),
        ("[[:digit:]x]", ["0", "9", "x"], ["a"]),
        ("[![:space:]]", ["a"], [" "]),
        ("[[:nope:]]", [], ["a", "n", ":"]),
        ("[[:]", ["[", ":"], ["a"]),
        ("[[:a]", ["[", ":", "a"], ["b"]),
        ("[a", [], ["a", "[a"]),
        ("[[:alpha:]-z]", ["a", "-", "z"], ["1"]),
        ("é", ["é"], ["e\u{301}"]),
        ("*[ab]", ["a", "xxb"], ["c", "ac"]), ("a*[ab]?", ["aax", "axxbx"], ["aa", "axxbxx"]),
        ("*a*b", ["ab", "xayb"], ["ba", "abx"]), ("*a?*", ["ab", "xab"], ["xa"]),
    ]

    @Test(arguments: table.indices) func names(index: Int) throws {
        let row = GlobTests.table[index]
        for profile in [IgnoreProfile.goGit, .git] {
            for name in row.yes {
                #expect(try ignores(row.pattern, name, profile), "\(row.pattern) \(name) \(profile)")
            }
            for name in row.no where !name.isEmpty {
                #expect(try !ignores(row.pattern, name, profile), "\(row.pattern) \(name) \(profile)")
            }
        }
    }

    @Test func namesThatAreNotUTF8() throws {
        let rules = try IgnoreRules(files: [(bytes(".gitignore"), [0xFF, 0x2A])])
        #expect(try rules.verdict(for: [0xFF, 0xFE], isDirectory: false).isIgnored)
        #expect(try !rules.verdict(for: [0xFE, 0xFF], isDirectory: false).isIgnored)
        // The two spellings of é are two names.
        let accents = try IgnoreRules(files: [(bytes(".gitignore"), bytes("caf\u{E9}"))])
        #expect(try accents.verdict(for: bytes("caf\u{E9}"), isDirectory: false).isIgnored)
        #expect(try !accents.verdict(for: bytes("cafe\u{301}"), isDirectory: false).isIgnored)
    }

    /// go-git takes a NUL in front of a `-` for nothing, as git's matcher would; git's reader never lets one through.
    @Test func nulStartsNoRange() throws {
        #expect(try ignores("[\0- ]", "-"))
        #expect(try ignores("[\\\0- ]", " "))
        #expect(try !ignores("[\0- ]", "\u{1}"))
    }

    /// Semantics.md section 8: the pattern, the path (directories end in a slash), and what go-git and git
    /// say.
    static let differences: [(ignore: String, path: String, goGit: Bool, git: Bool)] = [
        ("a/**", "a/", true, false), ("a/**\n!a/keep", "a/keep", true, false),
        ("**/foo/**", "d/foo/", true, false),
        ("*/**", "d/", true, false), ("a/**/", "a/f", true, false),
        ("*\n!*/\n!*.py", "d/x.bin", false, true), ("*\n!my-dir/", "my-dir/a", false, true),
        ("*\n!keep", "keep/a", false, true), ("dir/*\n!dir/", "dir/xyz", false, true),
        ("*\n!/d/", "d/f", false, true), ("*\n!/a/b\n!/a", "a/c", false, true),
        ("**/a/b", "a/x/a/b", false, true), ("**/*/b", "a/c/b", false, true),
        ("x/**/a/b", "x/a/c/a/b", false, true),
        ("//foo", "foo", true, false), ("a//b", "a/b", true, false), ("a//", "a/f", true, false),
        ("a\\/b", "a/b", false, true), ("x[a/b]y", "xay", false, true), ("a/***/b", "a/b", false, true),
        ("\t", "\t", false, true), ("\u{A0}\n\u{2003}", "\u{A0}", false, true), ("a\\  ", "a ", false, true),
        ("a\\\\ ", "a\\", false, true), ("a\\\\ ", "a\\ ", true, false), ("\u{FEFF}a\nb", "a", false, true),
        ("a\0b\nc", "a", false, true), ("foo**/bar", "foobar", false, false),
        ("foo**/bar", "foo/x/bar", false, false),
        ("b\n" + String(repeating: "x", count: 65_536) + "\na", "a", false, true),
        ("b\n#" + String(repeating: "x", count: 70_000) + "\na", "a", false, true),
        ("ex/\n!ex/keep", "ex/keep", true, true), ("/**/", "d/b", true, true), ("/**", "a", true, true),
        ("data/**\n!data/**/\n!data/**/*.txt", "data/f", true, true),
        ("a/b**", "a/bx", true, true), ("**/a", "x/y/a", true, true), ("a/**/b", "a/b", true, true),
        ("a/**/b", "a/x/y/b", true, true), ("/a", "b/a", false, false), ("!", "!", false, false),
        ("/", "a/", false, false),
    ]

    @Test(arguments: differences.indices) func whereGoGitAndGitPart(index: Int) throws {
        let row = GlobTests.differences[index]
        let isDirectory = row.path.hasSuffix("/")
        let path = isDirectory ? String(row.path.dropLast()) : row.path
        #expect(try ignores(row.ignore, path, .goGit, isDirectory: isDirectory) == row.goGit)
        #expect(try ignores(row.ignore, path, .git, isDirectory: isDirectory) == row.git)
    }
}
