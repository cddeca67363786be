import ChalkTestSupport
import ChalkContext
import ChalkSystem
import Foundation
import Testing

/// Profile `git` against the git that is installed, on random trees: the verdict and the pattern behind it.
@Suite struct LiveGitTests {
    /// What `git check-ignore -v -n` says of a path.
    private struct Answer: Equatable, CustomStringConvertible {
        var source = ""
        var line = ""
        var pattern: [UInt8] = []
        var description: String { source.isEmpty ? "no pattern" : "\(source):\(line):\(text(pattern))" }
    }

    @Test func sameVerdictsAndPatterns() throws {
        let environment = ProcessInfo.processInfo.environment
        let wanted = environment["CHALK_DIFFERENTIAL_CASES"].flatMap(Int.init) ?? 2_000
        let seed = environment["CHALK_SEED"].flatMap(UInt64.init) ?? UInt64.random(in: 0...UInt64.max)
        var random = SeededGenerator(seed: seed)
        var left = wanted
        while left > 0 {
            try compare(min(left, 1_000), &random, seed)
            left -= 1_000
        }
    }

    private func compare(_ count: Int, _ random: inout SeededGenerator, _ seed: UInt64) throws {
        let tree = try Tree()
        try git(["init", "-q", "."], in: tree)
        var made = 0
        while made < count {
            let one = RandomTree(&random)
            if one.hasTextGluedBeforeStars { continue }
            try one.layOut(in: tree, below: "c\(made)/")
            made += 1
        }
        var mine: [[UInt8]: Answer] = [:]
        var isIgnored: [[UInt8]: Bool] = [:]
        var input: [UInt8] = []
        let options = ContextWalker.Options(profile: .git, reportsIgnored: true)
        try ContextWalker(options: options).walk(tree.root) { entry, verdict in
            var answer = Answer()
            if let rule = verdict.rule, let file = rule.file {
                answer = Answer(source: text(file), line: String(rule.line), pattern: rule.text)
            }
            mine[entry.path] = answer
            isIgnored[entry.path] = verdict.isIgnored
            input += entry.path + [0]
        }
        try Data(input).write(to: URL(filePath: tree.path + "/.git/paths"))
        try git(["check-ignore", "-v", "-n", "-z", "--no-index", "--stdin"], in: tree)
        let output = try Data(contentsOf: URL(filePath: tree.path + "/.git/answers"))
        let fields = Array(output).split(separator: 0, omittingEmptySubsequences: false).map(Array.init)
        #expect(fields.count == mine.count * 4 + 1)
        var differences = 0
        for start in stride(from: 0, to: fields.count - 1, by: 4) where start + 3 < fields.count {
            let path = fields[start + 3]
            let theirs = Answer(
                source: text(fields[start]), line: text(fields[start + 1]), pattern: fields[start + 2])
            let theirVerdict = !theirs.source.isEmpty && theirs.pattern.first != UInt8(ascii: "!")
            if mine[path] != theirs || isIgnored[path] != theirVerdict {
                differences += 1
                if differences <= 5 {
                    Issue.record(
                        """
                        seed \(seed): \(text(path)): git says \(theirs), we say \
                        \(mine[path]?.description ?? "nothing") (ignored: \(isIgnored[path] ?? false))
                        """)
                }
            }
        }
        #expect(differences == 0, "seed \(seed)")
    }

    private func git(_ arguments: [String], in tree: borrowing Tree) throws {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments =
            ["git", "-c", "core.excludesFile=/dev/null", "-c", "core.ignoreCase=false"] + arguments
        process.currentDirectoryURL = URL(filePath: tree.path)
        process.environment = [
            "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin", "HOME": "/nonexistent",
            "GIT_CONFIG_NOSYSTEM": "1", "LC_ALL": "C",
        ]
        if arguments.first == "check-ignore" {
            let answers = tree.path + "/.git/answers"
            #expect(FileManager.default.createFile(atPath: answers, contents: nil))
            process.standardInput = try FileHandle(forReadingFrom: URL(filePath: tree.path + "/.git/paths"))
            process.standardOutput = try FileHandle(forWritingTo: URL(filePath: answers))
        }
        try process.run()
        process.waitUntilExit()
        // check-ignore says 1 when no path at all is ignored.
        #expect([0, 1].contains(process.terminationStatus))
    }
}
