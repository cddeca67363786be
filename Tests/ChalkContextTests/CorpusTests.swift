import ChalkContext
import ChalkSystem
import Foundation
import Testing

/// Recorded verdicts of the real programs, in full, by real walks and by the library type.
@Suite struct CorpusTests {
    /// Cases that read `.git/info/exclude` or hold a `.chalkignore` (semantics.md section 10).
    static let notForGit: Set = [
        "nest-info-exclude", "nest-info-exclude-bom", "nest-chalkignore-inert", "gogit-dir-tree",
        "git-t0008-main",
    ]

    struct Run: CustomTestStringConvertible {
        let file: String
        let key: String
        let profile: IgnoreProfile
        let count: Int
        var testDescription: String { "\(file) as \(key)" }
    }

    static let runs = [
        Run(file: "corpus.jsonl", key: "chalk", profile: .goGit, count: 2825),
        Run(file: "corpus-chalk.jsonl", key: "chalk", profile: .goGit, count: 384),
        Run(file: "corpus.jsonl", key: "git_new", profile: .git, count: 2821),
        Run(file: "corpus-random.jsonl", key: "gogit6_scope", profile: .goGit, count: 400),
        Run(file: "corpus-docker.jsonl", key: "docker", profile: .docker, count: 900),
    ]

    static func cases(_ run: Run) throws -> [IgnoreCorpusCase] {
        let all = try IgnoreCorpusCase.cases(in: try fixture("ignore/\(run.file)"))
        return run.profile == .git ? all.filter { !notForGit.contains($0.id) } : all
    }

    static func options(_ one: IgnoreCorpusCase, _ profile: IgnoreProfile) throws -> ContextWalker.Options {
        var options = ContextWalker.Options(profile: profile, exclude: one.exclude)
        if profile == .docker, let file = one.ignoreFiles.first(where: { $0.path == bytes(".dockerignore") })
        {
            options.dockerignore = try IgnoreFile(file.content, path: file.path, profile: .docker)
        }
        return options
    }

    static func difference(_ want: [[UInt8]: Bool], _ got: [[UInt8]: Bool]) -> String? {
        for path in Set(want.keys).union(got.keys).sorted(by: { $0.lexicographicallyPrecedes($1) })
        where want[path] != got[path] {
            return "\(text(path)): expected \(want[path].map(String.init) ?? "absent"), "
                + "got \(got[path].map(String.init) ?? "absent")"
        }
        return nil
    }

    @Test(arguments: runs) func walks(run: Run) throws {
        let cases = try CorpusTests.cases(run)
        #expect(cases.count == run.count)
        let tree = try Tree()
        for (index, one) in cases.enumerated() {
            let name = "case\(index)"
            try tree.root.makeDirectory(name)
            let root = try tree.root.open(name, [.readOnly, .directory])
            try one.layOut(in: root)
            var got: [[UInt8]: Bool] = [:]
            do {
                var options = try CorpusTests.options(one, run.profile)
                options.reportsIgnored = true
                options.findsDifferences = true
                try ContextWalker(options: options).walk(root) { entry, verdict in
                    got[entry.path] = verdict.isIgnored
                }
                #expect(!one.isRefused, "\(one.id): was not refused")
                // Walking without reports must keep the same and read no more than it must.
                options.reportsIgnored = false
                let kept = try ContextWalker(options: options).collect(root).entries.map(\.path)
                #expect(Set(kept) == Set(got.filter { !$0.value }.keys), "\(one.id): pruned walk differs")
            } catch let error as ContextError where error.code == .pattern {
                #expect(one.isRefused, "\(one.id): \(error)")
                continue
            }
            let problem = CorpusTests.difference(one.expected(run.key), got)
            #expect(problem == nil, "\(one.id): \(problem ?? "")")
            try tree.root.removeTree(name)
        }
    }

    @Test(arguments: runs) func libraryType(run: Run) throws {
        for one in try CorpusTests.cases(run) where !one.isRefused {
            // Links as ignore files need a file system.
            if one.links.contains(where: { text($0.path).hasSuffix("ignore") }) { continue }
            let rules = try IgnoreRules(profile: run.profile, files: one.ignoreFiles, exclude: one.exclude)
            var isDirectory: Set<[UInt8]> = Set(one.directories)
            for expectation in one.expectations {
                var path = expectation.path
                while let slash = path.lastIndex(of: UInt8(ascii: "/")) {
                    path.removeLast(path.count - slash)
                    isDirectory.insert(path)
                }
            }
            let want = one.expected(run.key)
            var got: [[UInt8]: Bool] = [:]
            for path in want.keys {
                let verdict = try rules.verdict(for: path, isDirectory: isDirectory.contains(path))
                got[path] = verdict.isIgnored
                // A directory that stays only for what it holds is not known to a question about itself.
                if run.profile == .docker && isDirectory.contains(path) { got[path] = want[path] }
            }
            let problem = CorpusTests.difference(want, got)
            #expect(problem == nil, "\(one.id): \(problem ?? "")")
        }
    }

    @Test func corpusLinesThatAreNoCases() throws {
        for line in ["", "{", "[]", "{\"id\":\"x\"}", "{\"tree\":{}}"] {
            #expect(throws: ContextError.self) { try IgnoreCorpusCase(line: bytes(line)) }
        }
    }
}
