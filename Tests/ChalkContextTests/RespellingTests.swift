import ChalkSystem
import ChalkTestSupport
import Testing

@testable import ChalkContext

/// Warnings about rules A, B and C, and the spellings that they offer.
@Suite struct RespellingTests {
    static let spellings: [(rule: IgnoreWarning.Difference, pattern: String, path: String, new: String?)] = [
        (.a, "a/**", "a", "instead a/*"), (.a, "/a/**", "a", "instead /a/*"),
        (.a, "**/foo/**", "d/foo", "instead **/foo/*"), (.a, "a/**/", "a", "instead a/*/"),
        (.a, "!a/**", "a", "before !/a/"), (.a, "!**/a/**", "x/a", "before !**/a/"),
        (.a, "!/a/**/**", "a", "before !/a/"),
        (.a, "a", "a", nil), (.b, "!*/", "d/x", "after !**/*/**"), (.b, "!/d/", "d/x", "after !/d/**"),
        (.b, "!keep", "d/keep/x", "after !**/keep/**"), (.b, "!a/b", "a/b/c", "after !a/b/**"),
        (.c, "**/a/b", "a/x/a/b", "after /a/x/a/b"), (.c, "!**/a/*.o", "a/x/a/y.o", "after !/a/x/a/*.o"),
        (.c, "**/a/b/", "a/x*/a/b", "after /a/x\\*/a/b/"), (.c, "**/a/**", "x/a/b", "after /x/a/b"),
        (.c, "**/a/b", "a/x\n/a/b", nil),
    ]

    @Test(arguments: spellings.indices) func spelling(index: Int) throws {
        let row = RespellingTests.spellings[index]
        let source = IgnoreRuleSource(
            file: bytes(".gitignore"), pattern: .goGit(bytes(row.pattern), line: 1))
        let made = IgnoreRespelling(row.rule, source, path: bytes(row.path))
        #expect(made.map { "\($0.place) \(text($0.text))" } == row.new, "\(row.pattern)")
    }

    @Test func nestedFilesSpellFromTheirDirectory() throws {
        let pattern = IgnorePattern.goGit(bytes("**/a/b"), line: 1)
        let nested = IgnoreRuleSource(file: bytes("d/e/.gitignore"), pattern: pattern)
        let made = IgnoreRespelling(.c, nested, path: bytes("d/e/a/x/a/b"))
        #expect(made.map { text($0.text) } == "/a/x/a/b")
        #expect(
            IgnoreWarning.difference(.c, source: nested, path: bytes("d/e/a/x/a/b"), isIgnored: false)
                .description(of: "/src")
                == "/src/d/e/.gitignore:1: d/e/a/x/a/b is kept where git ignores it (rule C): **/a/b takes the first "
                + "directory that fits and tries no other; write /a/x/a/b after it")
        let entry = IgnoreRuleSource(file: nil, pattern: .goGit(bytes("a/**"), line: 2))
        #expect(
            IgnoreWarning.difference(.a, source: entry, path: bytes("a"), isIgnored: true).description(
                of: "/src")
                == "exclude entry 2 of /src: a is ignored where git keeps it (rule A): a/** covers the directory "
                + "itself; write a/*")
    }

    /// The ignore files of a tree with one line spelled anew.
    func respelled(_ one: RandomTree, _ file: [UInt8], _ line: Int, _ new: IgnoreRespelling)
        -> [(path: [UInt8], content: [UInt8])]
    {
        one.ignoreFiles.map { path, content in
            if path != file { return (path, content) }
            var lines = content.split(separator: 0x0A, omittingEmptySubsequences: false).map(
                Array.init)
            switch new.place {
            case .instead: lines[line - 1] = new.text
            case .before: lines.insert(new.text, at: line - 1)
            case .after: lines.insert(new.text, at: line)
            }
            return (path, Array(lines.joined(separator: [0x0A])))
        }
    }

    /// What is warned about is so, and the spelling that is offered mends it.
    @Test func warningsAreTrueAndTheirSpellingsWork() throws {
        let seed = testSeed
        var random = SeededGenerator(seed: seed)
        let tree = try Tree()
        var mended = 0
        for index in 0..<300 {
            let one = RandomTree(&random)
            try one.layOut(in: tree, below: "t\(index)/")
            let root = try tree.root.open("t\(index)", [.readOnly, .directory])
            var rules: [[UInt8]: [String]] = [:]
            var deciders: Set<[String]> = []
            _ = try DialectComparison(root, profiles: [.goGit, .git]).run { found in
                rules[found.path] = found.rules.map(\.rawValue)
                let above = Array(found.path[..<(found.path.lastIndex(of: 0x2F) ?? 0)])
                // Below a directory on which they disagree, the pattern for the directory is the one to mend.
                if rules[above] == nil, found.rules == [.a] || found.rules == [.b],
                    let rule = found.verdicts[0].verdict.rule
                {
                    deciders.insert([found.rules[0].rawValue, text(rule.file ?? []), "\(rule.line)"])
                }
            }
            let isDirectory = Dictionary(
                one.entries.map { ($0.path, $0.isDirectory) }, uniquingKeysWith: { $1 })
            let options = ContextWalker.Options(findsDifferences: true)
            for warning in try ContextWalker(options: options).collect(root).warnings {
                guard case .difference(let rule, let source, let path, _) = warning, let file = source.file
                else { continue }
                deciders.remove([rule.rawValue, text(file), "\(source.line)"])
                let found = rules[path] ?? []
                // Where a line differs in another way as well, that one may be named.
                #expect(
                    found.contains(rule.rawValue) || !Set(["A", "B", "C"]).isSuperset(of: found),
                    "seed \(seed): \(warning) \(found)")
                guard let new = IgnoreRespelling(rule, source, path: path) else { continue }
                let files = respelled(one, file, source.line, new)
                func verdict(_ profile: IgnoreProfile) throws -> IgnoreVerdict {
                    try IgnoreRules(profile: profile, files: files)
                        .verdict(for: path, isDirectory: isDirectory[path] ?? false)
                }
                let mine = try verdict(.goGit)
                if try mine.isIgnored == verdict(.git).isIgnored {
                    mended += 1
                } else {
                    // Another line says the same thing in the same way, and would be warned about next.
                    let line = new.place == .before ? source.line + 1 : source.line
                    #expect(
                        mine.rule.map { $0.file != file || $0.line != line } ?? false,
                        "seed \(seed): \(warning) \(files)")
                }
            }
            #expect(deciders.isEmpty, "seed \(seed): \(one.ignoreFiles) were not warned about")
        }
        #expect(mended > 20, "seed \(seed)")
    }
}
