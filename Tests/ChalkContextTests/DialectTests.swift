import ChalkSystem
import ChalkTestSupport
import Testing

@testable import ChalkContext

/// Why go-git and git disagree about an entry.
@Suite struct DialectTests {
    typealias Files = [(path: [UInt8], content: [UInt8])]

    /// Every row of semantics.md section 8 from A to L that needs no links.
    static let rows: [(rule: DialectRule, ignore: String, path: String, directory: Bool, ignores: Bool)] = [
        (.a, "a/**", "a", true, true), (.a, "a/**\n!a/keep", "a/keep", false, true),
        (.a, "**/foo/**", "d/foo", true, true), (.a, "*/**", "d", true, true),
        (.a, "a/**/", "a/f", false, true), (.b, "*\n!*/\n!*.py", "d/x.bin", false, false),
        (.b, "*\n!my-dir/", "my-dir/a", false, false), (.b, "*\n!keep", "keep/a", false, false),
        (.b, "dir/*\n!dir/", "dir/xyz", false, false), (.b, "*\n!/d/", "d/f", false, false),
        (.b, "*\n!/a/b\n!/a", "a/c", false, false), (.c, "**/a/b", "a/x/a/b", false, false),
        (.c, "**/*/b", "a/c/b", false, false), (.c, "x/**/a/b", "x/a/c/a/b", false, false),
        (.d, "//foo", "foo", false, true), (.d, "a//b", "a/b", false, true), (.d, "a//", "a/f", false, true),
        (.e, "a\\/b", "a/b", false, false), (.e, "x[a/b]y", "xay", false, false),
        (.f, "a/***/b", "a/b", false, false), (.g, "\t", "\t", false, false),
        (.g, "\u{A0}\n\u{2003}", "\u{A0}", false, false), (.h, "a\\  ", "a ", false, false),
        (.h, "a\\\\ ", "a\\", false, false), (.h, "a\\\\ ", "a\\ ", false, true),
        (.i, "\u{FEFF}a\nb", "a", false, false), (.j, "a\0b\nc", "a", false, false),
        (.k, "b\n" + String(repeating: "x", count: 65_536) + "\na", "a", false, false),
        (.k, "b\n#" + String(repeating: "x", count: 70_000) + "\na", "a", false, false),
    ]

    private static func compare(_ tree: borrowing Tree) throws -> [DialectComparison.Difference] {
        var list: [DialectComparison.Difference] = []
        _ = try DialectComparison(tree.root, profiles: [.goGit, .git]).run { list.append($0) }
        return list
    }

    @Test(arguments: rows.indices) func eachRuleIsNamed(index: Int) throws {
        let row = DialectTests.rows[index]
        let tree = try Tree()
        if row.directory { try tree.folder(row.path) } else { try tree.file(row.path) }
        try tree.file(".gitignore", row.ignore)
        let found = try DialectTests.compare(tree).first { text($0.path) == row.path }
        #expect(found?.rules == [row.rule], "\(row.ignore): \(row.path)")
        #expect(found?.verdicts.map(\.verdict.isIgnored) == [row.ignores, !row.ignores])
        #expect(!row.rule.words.isEmpty)
    }

    @Test func linksAsIgnoreFiles() throws {
        let tree = try Tree()
        for name in ["x", "a/x", "real"] { try tree.file(name, name == "real" ? "x\n" : "") }
        try tree.root.makeLink(".gitignore", to: "real")
        try tree.root.makeLink("a/.gitignore", to: "../real")
        let found = try DialectTests.compare(tree)
        #expect(found.map { text($0.path) } == ["a/x", "x"])
        #expect(found.map(\.rules) == [[.l], [.l]])
    }

    @Test func twoRulesTogether() throws {
        let tree = try Tree()
        try tree.file("b/a")
        // Read past the long line and skip the empty segment: neither alone changes anything.
        try tree.file(".gitignore", "b//a\n#" + String(repeating: "x", count: 65_536) + "\n!b/a\nb//a\n")
        #expect(try DialectTests.compare(tree).map(\.rules) == [[.d]])
        try tree.file(".gitignore", "#" + String(repeating: "x", count: 65_536) + "\nb\\/a\n")
        #expect(try DialectTests.compare(tree).map(\.rules) == [[.e, .k]])
    }

    @Test func excludeEntriesAreExplainedToo() throws {
        let tree = try Tree()
        for name in ["a/f", "b"] { try tree.file(name) }
        var found: [DialectComparison.Difference] = []
        _ = try DialectComparison(
            tree.root, profiles: [.git, .goGit], exclude: [bytes("a/**"), bytes("//b")]
        ).run { found.append($0) }
        #expect(found.map { text($0.path) } == ["a", "b"])
        #expect(found.map(\.rules) == [[.a], [.d]])
    }

    private static func blended(_ switched: DialectRules, _ files: Files) -> [DialectBlend.Rule] {
        let blend = DialectBlend(switched: switched)
        let ordered = files.sorted { $0.path.count { $0 == 0x2F } < $1.path.count { $0 == 0x2F } }
        return ordered.flatMap { file in
            let directory = file.path.split(separator: 0x2F).dropLast()
            return blend.patterns(in: file.content).map {
                DialectBlend.Rule(domain: directory.count, pattern: $0)
            }
        }
    }

    /// Files that can see the path: the others are nothing to it.
    private static func onTheWay(_ files: Files, to path: [UInt8]) -> Files {
        files.filter { path.starts(with: $0.path.dropLast(".gitignore".utf8.count)) }
    }

    /// With nothing switched the blend is go-git, with everything switched it is git.
    @Test func theEndsOfTheBlendAreTheProfiles() throws {
        let seed = testSeed
        var random = SeededGenerator(seed: seed)
        for _ in 0..<400 {
            let one = RandomTree(&random)
            let files: Files = one.ignoreFiles.map { ($0.path, $0.content) }
            for (profile, switched) in [(IgnoreProfile.goGit, DialectRules.none), (.git, .all)] {
                let rules = try IgnoreRules(profile: profile, files: files)
                for entry in one.entries {
                    let path = entry.path
                    let mine = DialectBlend(switched: switched).ignores(
                        path.split(separator: 0x2F).map(Array.init), isDirectory: entry.isDirectory,
                        DialectTests.blended(switched, DialectTests.onTheWay(files, to: path)))
                    let verdict = try rules.verdict(for: path, isDirectory: entry.isDirectory)
                    #expect(
                        mine == verdict.isIgnored, "seed \(seed): \(profile) \(entry.path) \(one.ignoreFiles)"
                    )
                }
            }
        }
    }

    @Test func everyDifferenceIsExplained() throws {
        let seed = testSeed
        var random = SeededGenerator(seed: seed)
        let tree = try Tree()
        for index in 0..<150 { try RandomTree(&random).layOut(in: tree, below: "t\(index)/") }
        var counts: [DialectRule: Int] = [:]
        for found in try DialectTests.compare(tree) {
            #expect((1...4).contains(found.rules.count), "seed \(seed): \(text(found.path)) \(found.rules)")
            for rule in found.rules { counts[rule, default: 0] += 1 }
        }
        #expect(counts.values.reduce(0, +) > 20, "seed \(seed)")
    }

    /// The comparison is what walks by each profile alone would tell.
    @Test func theComparisonIsThatOfWalks() throws {
        let seed = testSeed
        var random = SeededGenerator(seed: seed)
        for _ in 0..<40 {
            let tree = try Tree()
            try RandomTree(&random).layOut(in: tree, below: "")
            try tree.file(".dockerignore", "*\n!a\n!**/b\n*/foo\n")
            let dockerignore = try IgnoreFile(
                bytes("*\n!a\n!**/b\n*/foo\n"), path: bytes(".dockerignore"), profile: .docker)
            var verdicts: [IgnoreProfile: [[UInt8]: Bool]] = [:]
            for profile in IgnoreProfile.allCases {
                verdicts[profile] = try tree.verdicts(.init(profile: profile, dockerignore: dockerignore))
            }
            var found: [[UInt8]: [Bool]] = [:]
            _ = try DialectComparison(
                tree.root, profiles: IgnoreProfile.allCases, dockerignore: dockerignore
            ).run { found[$0.path] = $0.verdicts.map(\.verdict.isIgnored) }
            for path in (verdicts[.git] ?? [:]).keys {
                let wanted = IgnoreProfile.allCases.compactMap { verdicts[$0]?[path] }
                #expect(
                    found[path] ?? [] == (Set(wanted).count > 1 ? wanted : []), "seed \(seed): \(text(path))")
            }
        }
    }
}
