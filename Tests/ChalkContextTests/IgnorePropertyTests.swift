import ChalkTestSupport
import ChalkContext
import ChalkSystem
import Foundation
import Synchronization
import Testing

@Suite struct IgnorePropertyTests {
    static func seed() -> UInt64 {
        ProcessInfo.processInfo.environment["CHALK_SEED"].flatMap(UInt64.init)
            ?? UInt64.random(in: 0...UInt64.max)
    }

    private static func rules(_ one: RandomTree, _ profile: IgnoreProfile) throws -> IgnoreRules {
        try IgnoreRules(profile: profile, files: one.ignoreFiles.map { (bytes($0.path), bytes($0.content)) })
    }

    /// A pruning walk, a walk that reports everything, and one question a path: the same verdicts.
    @Test func pruningNeverChangesAVerdict() throws {
        let seed = IgnorePropertyTests.seed()
        var random = SeededGenerator(seed: seed)
        let tree = try Tree()
        for index in 0..<150 {
            let one = RandomTree(&random)
            let prefix = "t\(index)"
            try one.layOut(in: tree, below: prefix + "/")
            let root = try tree.root.open(prefix, [.readOnly, .directory])
            for profile in [IgnoreProfile.goGit, .git] {
                let rules = try IgnorePropertyTests.rules(one, profile)
                var isIgnored: [[UInt8]: Bool] = [:]
                let all = ContextWalker.Options(profile: profile, reportsIgnored: true)
                try ContextWalker(options: all).walk(root) { entry, verdict in
                    isIgnored[entry.path] = verdict.isIgnored
                    let asked = try rules.verdict(for: entry.path, isDirectory: entry.kind == .directory)
                    #expect(asked == verdict, "seed \(seed), tree \(index), \(profile): \(text(entry.path))")
                }
                let pruned = try ContextWalker(options: .init(profile: profile)).collect(root).entries
                let kept = Set(isIgnored.filter { !$0.value }.keys)
                #expect(Set(pruned.map(\.path)) == kept, "seed \(seed), tree \(index), \(profile)")
            }
        }
    }

    /// Ignore files of other directories are nothing to a path, and neither is the order in which they are
    /// named.
    @Test func siblingsDoNotMatter() throws {
        let seed = IgnorePropertyTests.seed()
        var random = SeededGenerator(seed: seed)
        for index in 0..<300 {
            let one = RandomTree(&random)
            let files = one.ignoreFiles.map { (path: bytes($0.path), content: bytes($0.content)) }
            let whole = try IgnoreRules(files: files)
            let shuffled = try IgnoreRules(files: files.shuffled(using: &random))
            for entry in one.entries {
                let path = bytes(entry.path)
                let verdict = try whole.verdict(for: path, isDirectory: entry.isDirectory)
                #expect(
                    try shuffled.verdict(for: path, isDirectory: entry.isDirectory) == verdict, "seed \(seed)"
                )
                let above = files.filter { file in
                    let directory = file.path.dropLast(".gitignore".utf8.count)
                    return path.starts(with: directory)
                }
                let alone = try IgnoreRules(files: above)
                #expect(
                    try alone.verdict(for: path, isDirectory: entry.isDirectory) == verdict,
                    "seed \(seed), tree \(index): \(entry.path)")
            }
        }
    }

    @Test func threadsShareOneMatcher() throws {
        let seed = IgnorePropertyTests.seed()
        var random = SeededGenerator(seed: seed)
        var grown: [RandomTree] = []
        for _ in 0..<40 { grown.append(RandomTree(&random)) }
        let trees = grown
        let rules = try trees.map { try IgnorePropertyTests.rules($0, .goGit) }
        @Sendable func sum() -> [IgnoreVerdict] {
            zip(trees, rules).flatMap { tree, rules in
                tree.entries.compactMap {
                    try? rules.verdict(for: bytes($0.path), isDirectory: $0.isDirectory)
                }
            }
        }
        let expected = sum()
        let agreeing = Mutex(0)
        DispatchQueue.concurrentPerform(iterations: 8) { _ in
            let isSame = sum() == expected
            agreeing.withLock { $0 += isSame ? 1 : 0 }
        }
        #expect(agreeing.withLock { $0 } == 8, "seed \(seed)")
    }

    /// Damaged and random bytes in every profile: an answer or an error, and the same one twice.
    @Test func mutatedFilesNeverCrash() throws {
        let seed = IgnorePropertyTests.seed()
        var random = SeededGenerator(seed: seed)
        let spice = Array("*?[]!^-\\/#\n\r :.{},|()$".utf8) + [0, 0x80, 0xC3, 0xA9, 0xEF, 0xBB, 0xBF, 0xFF]
        var answers = 0
        for _ in 0..<4_000 {
            var content = random.chance(50) ? bytes(RandomTree.pattern(&random)) : []
            for _ in 0..<random.number(1...12) {
                let place = random.number(0...content.count)
                switch random.number(0...3) {
                case 0 where place < content.count: content.remove(at: place)
                case 1: content.insert(UInt8(random.number(0...255)), at: place)
                default: content.insert(random.pick(spice), at: place)
                }
            }
            let path = (0..<random.number(1...6)).map { _ in random.pick(spice.filter { $0 != 0 } + [0x61]) }
            for profile in IgnoreProfile.allCases {
                let name = profile == .docker ? ".dockerignore" : ".gitignore"
                func answer() -> Result<IgnoreVerdict, ContextError> {
                    Result { () throws(ContextError) in
                        let rules = try IgnoreRules(profile: profile, files: [(bytes(name), content)])
                        return try rules.verdict(for: path, isDirectory: false)
                    }
                }
                let first = answer()
                #expect(first == answer(), "seed \(seed)")
                if case .success = first { answers += 1 }
            }
        }
        #expect(answers > 8_000, "seed \(seed)")
    }
}
