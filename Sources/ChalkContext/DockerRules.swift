/// The patterns of a `.dockerignore` on their way down a tree, as moby's walk does it.
///
/// Which patterns matched a directory is remembered for what is below it. A pattern that could not have
/// changed the answer is not tried, and then does not count as having matched: moby does so, and it shows in
/// verdicts.
struct DockerRules: Sendable {
    private struct Rule: Sendable {
        let glob: DockerGlob
        let isException: Bool
        let isBroken: Bool
        let source: IgnoreRuleSource
    }

    private var rules: [Rule] = []
    /// For each directory entered, which patterns matched it; the root has none of its own.
    private var levels: [[Bool]] = []
    private var latest: [Bool]
    private let hasExceptions: Bool
    /// The broken pattern that was tried first.
    private(set) var broken: IgnoreRuleSource?

    init(files: [IgnoreFile]) {
        for file in files {
            for pattern in file.patterns {
                guard case .docker(let glob) = pattern.shape else { continue }
                rules.append(
                    Rule(
                        glob: glob, isException: pattern.isInclude, isBroken: glob.shape == .broken,
                        source: IgnoreRuleSource(file: file.path, pattern: pattern)))
            }
        }
        latest = Array(repeating: false, count: rules.count)
        hasExceptions = rules.contains(where: \.isException)
    }

    func source(_ rank: Int) -> IgnoreRuleSource? {
        rules.indices.contains(rank) ? rules[rank].source : nil
    }

    mutating func enter() {
        levels.append(latest)
    }

    mutating func leave() {
        _ = levels.popLast()
        for index in latest.indices { latest[index] = false }
    }

    mutating func decide(_ path: Span<UInt8>, isDirectory: Bool) -> IgnoreScope.Decision {
        var decision = IgnoreScope.Decision()
        for index in rules.indices {
            var isMatch = levels.last?[index] ?? false
            if !isMatch && rules[index].isException == decision.isIgnored {
                isMatch = rules[index].glob.matches(path)
                if rules[index].isBroken && broken == nil { broken = rules[index].source }
            }
            latest[index] = isMatch
            if isMatch {
                decision.isIgnored = !rules[index].isException
                decision.rank = index
            }
        }
        // Only a directory that is entered next hands its matches down.
        if !isDirectory {
            for index in latest.indices { latest[index] = false }
        }
        return decision
    }

    func mayKeep(below directory: Span<UInt8>) -> Bool {
        guard hasExceptions else { return false }
        for rule in rules where rule.isException && rule.glob.mayMatch(below: directory) { return true }
        return false
    }
}
