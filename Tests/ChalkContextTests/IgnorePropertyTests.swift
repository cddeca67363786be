import ChalkTestSupport
import ChalkContext
import ChalkSystem
import Foundation
import Synchronization
import Testing

@Suite struct IgnorePropertyTests {
    private static func rules(_ one: RandomTree, _ profile: IgnoreProfile) throws -> IgnoreRules {
        try IgnoreRules(profile: profile, files: one.ignoreFiles)
    }

    /// A pruning walk, a walk that reports everything, and one question a path: the same verdicts.
    @Test(arguments: IgnoreProfile.allCases) func pruningNeverChangesAVerdict(profile: IgnoreProfile) throws {
        var random = SeededGenerator(seed: testSeed)
        let tree = try Tree()
        var walks = 0
        for index in 0..<150 {
            let one = RandomTree(&random, profile: profile)
            let place = "seed \(testSeed), tree \(index)"
            try one.layOut(in: tree, below: "t\(index)/")
            let root = try tree.root.open("t\(index)", [.readOnly, .directory])
            var options = ContextWalker.Options(profile: profile)
            let rules: IgnoreRules
            do {
                if profile == .docker {
                    options.dockerignore = try IgnoreFile(
                        one.ignoreFiles[0].content, path: one.ignoreFiles[0].path, profile: profile)
                }
                rules = try IgnorePropertyTests.rules(one, profile)
            } catch let error as ContextError where error.code == .pattern {
                continue
            }
            let pruned = Result { try ContextWalker(options: options).collect(root).entries.map(\.path) }
            options.reportsIgnored = true
            var kept: [[UInt8]] = []
            do {
                try ContextWalker(options: options).walk(root) { entry, verdict in
                    if !verdict.isIgnored { kept.append(entry.path) }
                    // A directory that stays only for what it holds is not known to a question about itself, and moby's
                    // walk knows more of directories above than a question tells.
                    if profile == .docker { return }
                    let asked = try rules.verdict(for: entry.path, isDirectory: entry.kind == .directory)
                    #expect(asked == verdict, "\(place): \(text(entry.path))")
                }
            } catch let error as ContextError where error.code == .pattern {
                #expect(throws: ContextError.self, "\(place)") { try pruned.get() }
                continue
            }
            #expect(try pruned.get() == kept, "\(place)")
            walks += 1
        }
        #expect(walks > 75)
    }

    /// Ignore files of other directories are nothing to a path, and neither is the order in which they are
    /// named.
    @Test func siblingsDoNotMatter() throws {
        var random = SeededGenerator(seed: testSeed)
        for index in 0..<300 {
            let one = RandomTree(&random)
            let files = one.ignoreFiles
            let whole = try IgnoreRules(files: files)
            let shuffled = try IgnoreRules(files: files.shuffled(using: &random))
            for entry in one.entries {
                let path = entry.path
                let verdict = try whole.verdict(for: path, isDirectory: entry.isDirectory)
                #expect(
                    try shuffled.verdict(for: path, isDirectory: entry.isDirectory) == verdict,
                    "seed \(testSeed)"
                )
                let above = files.filter { file in
                    let directory = file.path.dropLast(".gitignore".utf8.count)
                    return path.starts(with: directory)
                }
                let alone = try IgnoreRules(files: above)
                #expect(
                    try alone.verdict(for: path, isDirectory: entry.isDirectory) == verdict,
                    "seed \(testSeed), tree \(index): \(text(path))")
            }
        }
    }

    @Test func threadsShareOneMatcher() throws {
        var random = SeededGenerator(seed: testSeed)
        var grown: [RandomTree] = []
        for _ in 0..<40 { grown.append(RandomTree(&random)) }
        let trees = grown
        let rules = try trees.map { try IgnorePropertyTests.rules($0, .goGit) }
        @Sendable func sum() -> [IgnoreVerdict] {
            zip(trees, rules).flatMap { tree, rules in
                tree.entries.compactMap {
                    try? rules.verdict(for: $0.path, isDirectory: $0.isDirectory)
                }
            }
        }
        let expected = sum()
        let agreeing = Mutex(0)
        DispatchQueue.concurrentPerform(iterations: 8) { _ in
            let isSame = sum() == expected
            agreeing.withLock { $0 += isSame ? 1 : 0 }
        }
        #expect(agreeing.withLock { $0 } == 8, "seed \(testSeed)")
    }
}
