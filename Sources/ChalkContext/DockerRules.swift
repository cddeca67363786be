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
        /// Its place in the table, where it can be matched component by component.
        let place: Int?
        /// Whether it holds a `**`.
        let skipsComponents: Bool
        let source: IgnoreRuleSource

        init(_ glob: DockerGlob, _ source: IgnoreRuleSource, _ table: inout RuleTable) {
            self.glob = glob
            self.source = source
            isException = source.pattern.isInclude
            isBroken = glob.shape == .broken
            place = glob.components == nil ? nil : table.rules.count
            skipsComponents = glob.components?.contains(.many(minimum: 0)) ?? false
            guard let components = glob.components else { return }
            table.append(
                IgnorePattern(
                    text: source.text, line: source.line, isInclude: isException, directoriesOnly: false,
                    shape: .path(components)), domain: 0, profile: .git)
        }
    }

    private var rules: [Rule] = []
    private var table = RuleTable()
    /// For each directory entered, which patterns matched it; the root has none of its own.
    private var levels: [[Bool]] = []
    private var latest: [Bool]
    private let hasExceptions: Bool
    /// What each exception names, with a slash, where none of them has wildcards but at its end.
    private let exceptionRoots: [[UInt8]]?
    /// The broken pattern that was tried first.
    private(set) var broken: IgnoreRuleSource?

    init(files: [IgnoreFile]) {
        for file in files {
            for pattern in file.patterns {
                guard case .docker(let glob) = pattern.shape else { continue }
                rules.append(Rule(glob, IgnoreRuleSource(file: file.path, pattern: pattern), &table))
            }
        }
        latest = Array(repeating: false, count: rules.count)
        hasExceptions = rules.contains(where: \.isException)
        let roots = rules.filter(\.isException).map { DockerRules.root(of: $0.source.text.dropFirst()) }
        let isPlain = roots.allSatisfy { root in !root.contains { DockerRules.wildcards.contains($0) } }
        exceptionRoots = isPlain ? roots : nil
    }

    private static let wildcards = Set("*[]?^\\".utf8)

    /// An exception without the `/*`, `/**` or `/*/**` at its end, with a slash.
    private static func root(of exception: ArraySlice<UInt8>) -> [UInt8] {
        var root = exception
        if root.ends(with: "/**".utf8) { root.removeLast(3) }
        if root.ends(with: "/*".utf8) { root.removeLast(2) }
        return root + [UInt8(ascii: "/")]
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

    mutating func decide(_ path: borrowing ComponentPath, isDirectory: Bool) -> IgnoreScope.Decision {
        var decision = IgnoreScope.Decision()
        for index in rules.indices {
            var isMatch = levels.last?[index] ?? false
            if !isMatch && rules[index].isException == decision.isIgnored {
                isMatch = matches(index, path)
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

    private func matches(_ index: Int, _ path: borrowing ComponentPath) -> Bool {
        guard let place = rules[index].place else { return rules[index].glob.matches(path.bytes.span) }
        let name = path.bytes.span.extracting(path.range(path.count - 1))
        if table.match(place, path, name, isDirectory: false) == .no { return false }
        // Only here does it matter that `**` stops at a line feed.
        return !rules[index].skipsComponents || !path.bytes.contains(0x0A)
            || rules[index].glob.matches(path.bytes.span)
    }

    /// Whether BuildKit looks into an ignored directory for what exceptions keep there, and there may be any.
    ///
    /// Where no exception has wildcards but at its end, BuildKit enters only what is on the way to one: so
    /// `!a/*/**` keeps nothing in directories of `a` that are ignored themselves.
    func mayKeep(below directory: Span<UInt8>) -> Bool {
        guard hasExceptions else { return false }
        if let exceptionRoots {
            return exceptionRoots.contains { root in
                guard root.count > directory.count, root[directory.count] == UInt8(ascii: "/") else {
                    return false
                }
                for index in 0..<directory.count where root[index] != directory[index] { return false }
                return true
            }
        }
        for rule in rules where rule.isException && rule.glob.mayMatch(below: directory) { return true }
        return false
    }
}

extension ArraySlice<UInt8> {
    fileprivate func ends(with other: some BidirectionalCollection<UInt8>) -> Bool {
        reversed().starts(with: other.reversed())
    }
}
