import ChalkContext
import ChalkSystem
import ChalkTestSupport
import Testing

/// Profile `git` against the git that is installed, on random trees: every verdict, the pattern behind it, and the
/// listing. `CHALK_DIFFERENTIAL_CASES` and `CHALK_SEED` make longer and other runs.
@Suite struct LiveGitTests {
    /// What `git check-ignore -v -n` says of a path.
    private struct Answer: Equatable, CustomStringConvertible {
        var source: [UInt8] = []
        var line: [UInt8] = []
        var pattern: [UInt8] = []

        var isIgnored: Bool { !source.isEmpty && pattern.first != UInt8(ascii: "!") }
        var description: String {
            source.isEmpty ? "no pattern" : "\(text(source)):\(text(line)):\(text(pattern))"
        }
    }

    private static let cases = setting("CHALK_DIFFERENTIAL_CASES") ?? 4_000
    private static let batch = 1_000

    @Test(arguments: 0..<((cases + batch - 1) / batch)) func sameAnswers(batch: Int) throws {
        let seed = testSeed &+ UInt64(batch)
        var random = SeededGenerator(seed: seed)
        let tree = try Tree()
        try git(["init", "-q", "."], in: tree)
        var made = 0
        while made < min(LiveGitTests.batch, LiveGitTests.cases - batch * LiveGitTests.batch) {
            let one = RandomTree(&random)
            if one.hasTextGluedBeforeStars { continue }
            try one.layOut(in: tree, below: "c\(made)/")
            made += 1
        }
        var mine: [[UInt8]: Answer] = [:]
        var isIgnored: Set<[UInt8]> = []
        var kept: Set<[UInt8]> = []
        var input: [UInt8] = []
        let options = ContextWalker.Options(profile: .git, reportsIgnored: true)
        try ContextWalker(options: options).walk(tree.root) { entry, verdict in
            var answer = Answer()
            if let rule = verdict.rule, let file = rule.file {
                answer = Answer(source: file, line: bytes(String(rule.line)), pattern: rule.text)
            }
            mine[entry.path] = answer
            if verdict.isIgnored { isIgnored.insert(entry.path) }
            if !verdict.isIgnored && entry.kind != .directory { kept.insert(entry.path) }
            input += entry.path + [0]
        }
        let fields = try git(["check-ignore", "-v", "-n", "-z", "--no-index", "--stdin"], input, in: tree)
        #expect(fields.count == mine.count * 4, "seed \(seed)")
        var differences = 0
        for start in stride(from: 0, to: fields.count - 3, by: 4) {
            let path = fields[start + 3]
            let theirs = Answer(source: fields[start], line: fields[start + 1], pattern: fields[start + 2])
            if mine[path] == theirs && isIgnored.contains(path) == theirs.isIgnored { continue }
            differences += 1
            if differences > 5 { continue }
            Issue.record(
                """
                seed \(seed): \(text(path)): git says \(theirs), we say \(mine[path]?.description ?? "nothing") \
                (ignored: \(isIgnored.contains(path)))
                """)
        }
        #expect(differences == 0, "seed \(seed)")
        let listed = try git(["ls-files", "-o", "-z", "--exclude-standard"], in: tree)
        #expect(Set(listed) == kept, "seed \(seed)")
    }

    /// Runs git and returns what stands before each NUL of its output.
    @discardableResult
    private func git(
        _ arguments: [String], _ input: [UInt8] = [], in tree: borrowing Tree
    ) throws -> [[UInt8]] {
        let beside = try Tree()
        try beside.file(bytes("input"), input)
        let ran = try BuiltCommand.run(
            ["git", "-c", "core.excludesFile=/dev/null", "-c", "core.ignoreCase=false"] + arguments,
            variables: ["HOME": "/nonexistent", "GIT_CONFIG_NOSYSTEM": "1"], in: tree.path,
            input: beside.path + "/input")
        // check-ignore says 1 when no path at all is ignored.
        #expect([0, 1].contains(ran.status), "\(ran.errors)")
        return ran.bytes.split(separator: 0, omittingEmptySubsequences: false).dropLast().map(Array.init)
    }
}
