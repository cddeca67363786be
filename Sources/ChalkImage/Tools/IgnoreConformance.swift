internal import ChalkContext
package import ChalkSystem
internal import Dispatch
internal import Synchronization

/// Runs an implementation of ignore rules on the cases of corpora and holds its verdicts against the recorded ones.
public struct IgnoreConformance: Sendable {
    /// What is run.
    public enum Implementation: Sendable {
        /// This library.
        case builtIn(IgnoreDialect)
        /// A shell command that prints a record for each entry; `docs/ignore-conformance.md` says how.
        case command(String)
    }

    /// How many cases ended how.
    public struct Tally: Hashable, Sendable {
        /// With the recorded verdict on every entry.
        public internal(set) var passed = 0
        /// With another one.
        public internal(set) var failed = 0
        /// Left out on request.
        public internal(set) var skipped = 0
    }

    private let implementation: Implementation
    private let key: String
    private let skipped: Set<String>
    private let filesOnly: Bool
    private let width: Int
    private let environment: [String]
    private let temporaryDirectory: String

    /// A run of an implementation.
    ///
    /// - Parameters:
    ///   - key: whose recorded verdicts are expected; nil is `chalk`, `git_new` or `docker`, by the dialect.
    ///   - skipped: the ids of cases to leave out.
    ///   - filesOnly: leaves out the verdicts on directories, for a command that tells none.
    ///   - width: how many cases are run at a time.
    ///   - environment: `NAME=value` for a command.
    ///   - temporaryDirectory: where the trees are laid out; they are removed again.
    public init(
        _ implementation: Implementation, expecting key: String? = nil, skipping skipped: Set<String> = [],
        filesOnly: Bool = false, width: Int = 1, environment: [String] = [],
        temporaryDirectory: String = "/tmp"
    ) {
        self.implementation = implementation
        self.skipped = skipped
        self.filesOnly = filesOnly
        self.width = max(1, width)
        self.environment = environment
        self.temporaryDirectory = temporaryDirectory
        if let key {
            self.key = key
        } else {
            self.key =
                switch implementation {
                case .builtIn(.git): "git_new"
                case .builtIn(.docker): "docker"
                case .builtIn(.goGit), .command: "chalk"
                }
        }
    }

    /// Runs every case of a corpus.
    ///
    /// - Parameter report: told each case that failed, in the order of the corpus: its id, and what was expected
    ///   and what came.
    /// - Throws: ``ChalkError`` (`invalidInput`) with file and line where the corpus is damaged or has no such
    ///   verdicts.
    public func run(
        _ corpus: String, report: (_ id: String, _ problem: String) throws -> Void
    ) throws -> Tally {
        try run(corpus, cancellation: Cancellation(), report: report)
    }

    /// The same; `cancellation` ends it between two cases.
    package func run(
        _ corpus: String, cancellation: Cancellation, report: (_ id: String, _ problem: String) throws -> Void
    ) throws -> Tally {
        try ChalkError.wrap {
            var cases: [IgnoreCorpusCase] = []
            var tally = Tally()
            try IgnoreCorpusCase.forEach(in: try bytes(of: corpus), named: corpus) { one, line in
                if skipped.contains(one.id) {
                    tally.skipped += 1
                    return
                }
                if let (path, keys) = one.missingVerdict(key) {
                    throw ChalkError(
                        .invalidInput,
                        "\(corpus):\(line): the case has no verdict of \"\(key)\" on \(ContextError.show(path)), "
                            + "only of \(keys.joined(separator: ", ")); choose one with --expect")
                }
                cases.append(filesOnly ? one.filesOnly : one)
            }
            let scratch = try TemporaryDirectory.make(in: temporaryDirectory, prefix: "chalk-ignore")
            for start in stride(from: 0, to: cases.count, by: width) {
                try cancellation.check()
                let batch = cases[start..<min(start + width, cases.count)]
                for (one, problem) in zip(batch, try problems(Array(batch), in: scratch.path)) {
                    if let problem {
                        tally.failed += 1
                        try report(one.id, problem)
                    } else {
                        tally.passed += 1
                    }
                }
            }
            return tally
        }
    }

    private func bytes(of corpus: String) throws -> [UInt8] {
        guard let status = try FileSystem.statusIfPresent(corpus) else {
            throw ChalkError(.notFound, "there is no corpus \(corpus)")
        }
        if status.kind == .directory {
            throw ChalkError(.invalidInput, "\(corpus) is a directory; name a file of cases")
        }
        return try FileSystem.read(corpus, limit: 1 << 30)
    }

    /// What is wrong with each of a few cases, run side by side.
    private func problems(_ cases: [IgnoreCorpusCase], in directory: String) throws -> [String?] {
        let results = Mutex([Result<String?, any Error>?](repeating: nil, count: cases.count))
        DispatchQueue.concurrentPerform(iterations: cases.count) { index in
            let result = Result { try problem(cases[index], in: "\(directory)/\(index)") }
            results.withLock { $0[index] = result }
        }
        return try results.withLock { $0 }.map { try $0?.get() }
    }

    private func problem(_ one: IgnoreCorpusCase, in path: String) throws -> String? {
        try FileSystem.makeDirectories(path, mode: 0o755)
        let root = try FileDescriptor.directory(path)
        do {
            if case .command = implementation {
                try one.layOut(in: root, repository: true)
            } else {
                try one.layOut(in: root)
            }
        } catch {
            throw ChalkError(.failed, "cannot lay out the case \(one.id): \(error)")
        }
        var problem: String?
        switch implementation {
        case .builtIn(let dialect):
            problem = one.problem(try one.walk(root, profile: dialect.profile), key)
        case .command(let line):
            let ran = try ConformanceCommand(line: line, environment: environment).run(one, in: path)
            problem = ran.trouble ?? one.problem(one.isRefused && ran.hasFailed ? nil : ran.verdicts, key)
            if let found = problem, let ending = ran.ending { problem = "\(found) (\(ending))" }
        }
        try FileDescriptor.directory(PathText.parent(of: path)).removeTree(PathText.name(of: path))
        return problem
    }
}
