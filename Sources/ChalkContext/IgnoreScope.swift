/// The patterns in force at one place of a walk: a stack that grows with each directory entered.
///
/// Pure: it is told the ignore files and the names, and looks at nothing itself. Memory is bounded by the
/// patterns in force and the depth.
package struct IgnoreScope: Sendable {
    /// What was found out about one entry.
    struct Decision: Sendable {
        var isIgnored = false
        /// The pattern that decided, as a rank in this scope; negative for none.
        var rank = IgnoreScope.none
        /// The highest pattern that also answers for what is below, where the entry is a directory.
        var carry = IgnoreScope.none
    }

    private struct Level: Sendable {
        var mark: RuleTable.Mark
        var sources: Int
        var carry: Int
    }

    private static let none = -1
    /// Ranks of `exclude` entries start here, above any file's.
    private static let excludeRank = 1 << 40

    package let profile: IgnoreProfile
    private var table = RuleTable()
    private var sources: [IgnoreRuleSource] = []
    private var excludes = RuleTable()
    private var excludeSources: [IgnoreRuleSource] = []
    private var levels: [Level] = []
    private var docker: DockerRules?
    private let findsDifferences: Bool
    /// What was noticed since the last look.
    var warnings: [IgnoreWarning] = []

    /// A scope for the root of a context.
    ///
    /// - Parameters:
    ///   - exclude: Patterns that rank above every file's.
    ///   - dockerignore: The one file of profile `docker`; others ignore it.
    ///   - findsDifferences: Whether to notice where git would decide otherwise (`go-git` only).
    package init(
        profile: IgnoreProfile, exclude: IgnoreFile? = nil, dockerignore: IgnoreFile? = nil,
        findsDifferences: Bool = false
    ) {
        self.profile = profile
        self.findsDifferences = findsDifferences && profile == .goGit_374c3548
        if profile == .docker {
            docker = DockerRules(files: [dockerignore, exclude].compactMap(\.self))
            return
        }
        for pattern in exclude?.patterns ?? [] {
            excludes.append(pattern, domain: 0, profile: profile)
            excludeSources.append(IgnoreRuleSource(file: nil, pattern: pattern))
        }
    }

    /// Goes into the root or into the directory that was decided about last.
    ///
    /// - Parameter files: The directory's ignore files, weakest first.
    mutating func enter(depth: Int, _ files: [IgnoreFile], after decision: Decision) {
        levels.append(Level(mark: table.mark, sources: sources.count, carry: decision.carry))
        docker?.enter()
        for file in files {
            if let path = file.path {
                if let line = file.longLine { warnings.append(.longLine(file: path, line: line)) }
                if file.hasByteOrderMark { warnings.append(.byteOrderMark(file: path)) }
            }
            for pattern in file.patterns {
                table.append(pattern, domain: depth, profile: profile)
                sources.append(IgnoreRuleSource(file: file.path, pattern: pattern))
            }
        }
    }

    /// Goes back up.
    mutating func leave() {
        guard let level = levels.popLast() else { return }
        table.truncate(to: level.mark)
        sources.removeLast(sources.count - level.sources)
        docker?.leave()
    }

    /// The pattern of a rank.
    func source(_ rank: Int) -> IgnoreRuleSource? {
        if let docker { return docker.source(rank) }
        if rank >= IgnoreScope.excludeRank { return excludeSources[rank - IgnoreScope.excludeRank] }
        return rank >= 0 ? sources[rank] : nil
    }

    /// Says so when a pattern had to be tried that is broken (docker).
    func checkPatterns() throws(ContextError) {
        if let broken = docker?.broken { throw .malformed(broken.text, file: broken.file, line: broken.line) }
    }

    /// A verdict for people from a decision.
    func verdict(_ decision: Decision) -> IgnoreVerdict {
        guard let source = source(decision.rank) else {
            return decision.isIgnored ? IgnoreVerdict(isIgnored: true, reason: .noRule) : .kept
        }
        return IgnoreVerdict(isIgnored: decision.isIgnored, reason: .rule(source))
    }

    /// Whether an ignored directory must be entered all the same, since a `!` pattern could keep something in
    /// it.
    func mayKeep(below path: borrowing ComponentPath) -> Bool {
        docker?.mayKeep(below: path.bytes.span) ?? false
    }

    /// Decides about an entry of the directory that was entered last.
    mutating func decide(_ path: borrowing ComponentPath, isDirectory: Bool) -> Decision {
        if docker != nil {
            return docker?.decide(path, isDirectory: isDirectory) ?? Decision()
        }
        let carried = levels.last?.carry ?? IgnoreScope.none
        let name = path.bytes.span.extracting(path.range(path.count - 1))
        var search = Search(carry: carried)
        search.scan(
            excludes, base: IgnoreScope.excludeRank, path, name, isDirectory: isDirectory, findsDifferences)
        if search.isOpen {
            search.scan(table, base: 0, path, name, isDirectory: isDirectory, findsDifferences)
        }
        let rank = search.rank
        var decision = Decision()
        decision.rank = rank
        decision.isIgnored = rank >= 0 && !isInclude(rank)
        if isDirectory && profile != .git { decision.carry = max(search.carry, carried) }
        if findsDifferences && rank >= 0 || search.missed >= 0 {
            noteDifference(path, name, isDirectory: isDirectory, decision, search)
        }
        return decision
    }

    private func isInclude(_ rank: Int) -> Bool {
        rank >= IgnoreScope.excludeRank
            ? excludes.rules[rank - IgnoreScope.excludeRank].isInclude : table.rules[rank].isInclude
    }

    /// One look through the tables, from the strongest pattern down to the one that was carried.
    private struct Search {
        let inherited: Int
        var rank: Int
        var carry = IgnoreScope.none
        var isOpen = true
        var isRuleA = false
        /// The strongest pattern that git would have found by trying a second time.
        var missed = IgnoreScope.none

        init(carry: Int) {
            inherited = carry
            rank = carry
        }

        @inline(__always)
        mutating func scan(
            _ table: borrowing RuleTable, base: Int, _ path: borrowing ComponentPath, _ name: Span<UInt8>,
            isDirectory: Bool, _ findsDifferences: Bool
        ) {
            if table.rules.isEmpty { return }
            var candidates = NameBuckets(table, name)
            var isDecided = rank > inherited
            var index = candidates.next(table)
            while index >= 0 && base + index > inherited {
                let match = table.match(index, path, name, isDirectory: isDirectory)
                if match != .no {
                    if !isDecided {
                        isDecided = true
                        rank = base + index
                        isRuleA = match == .yesByRuleA
                    }
                    if !isDirectory || table.rules[index].carries {
                        carry = base + index
                        isOpen = false
                        return
                    }
                } else if findsDifferences, !isDecided, missed < 0,
                    table.matchesOnSecondTry(index, path, isDirectory: isDirectory)
                {
                    missed = base + index
                }
                index = candidates.next(table)
            }
            // Whatever was carried from an `exclude` entry ranks above every file.
            if inherited >= base && base > 0 { isOpen = false }
        }
    }
}

/// Where go-git and git part (semantics.md section 8).
extension IgnoreScope {
    private mutating func noteDifference(
        _ path: borrowing ComponentPath, _ name: Span<UInt8>, isDirectory: Bool, _ decision: Decision,
        _ search: Search
    ) {
        if search.missed >= 0 {
            if isInclude(search.missed) == decision.isIgnored, !decision.isIgnored || !gitPrunes(path),
                gitDisagrees(path, isDirectory: isDirectory, decision)
            {
                note(.c, search.missed, path, isIgnored: decision.isIgnored)
            }
        } else if search.isRuleA || search.rank == search.inherited {
            // git's answer: the strongest pattern that matches the entry by itself.
            let from = search.isRuleA ? search.rank - 1 : search.rank
            let difference: IgnoreWarning.Difference = search.isRuleA ? .a : .b
            if wasReported(difference, search.rank) { return }
            if gitIgnores(path, name, isDirectory: isDirectory, from: from) != decision.isIgnored,
                !decision.isIgnored || !gitPrunes(path),
                gitDisagrees(path, isDirectory: isDirectory, decision)
            {
                note(difference, search.rank, path, isIgnored: decision.isIgnored)
            }
        }
    }

    /// git's verdict on an entry by itself: that of the strongest pattern from `rank` down that matches it.
    private func gitIgnores(
        _ path: borrowing ComponentPath, _ name: Span<UInt8>, isDirectory: Bool, from strongest: Int
    ) -> Bool {
        var rank = strongest
        while rank >= 0 {
            if rank < IgnoreScope.excludeRank { rank = min(rank, table.rules.count - 1) }
            if rank < 0 { break }
            let isExclude = rank >= IgnoreScope.excludeRank
            let index = isExclude ? rank - IgnoreScope.excludeRank : rank
            // Of a directory above, only the files above it can speak.
            let matches =
                isExclude
                ? excludes.matchesLikeGit(index, path, name, isDirectory: isDirectory)
                : table.rules[index].domain < path.count
                    && table.matchesLikeGit(index, path, name, isDirectory: isDirectory)
            if matches { return !isInclude(rank) }
            rank -= 1
        }
        return false
    }

    /// Whether git ignores a directory above, and so never comes to the entry.
    private func gitPrunes(_ path: borrowing ComponentPath) -> Bool {
        var above = ComponentPath()
        for index in 0..<(path.count - 1) {
            above.push(path.bytes[path.range(index)])
            let name = path.bytes.span.extracting(path.range(index))
            let strongest = IgnoreScope.excludeRank + excludes.rules.count - 1
            if gitIgnores(above, name, isDirectory: true, from: strongest) { return true }
        }
        return false
    }

    /// Whether git really says the opposite, its own reading of every pattern taken into account. Slow, and asked
    /// only before something is said.
    private func gitDisagrees(
        _ path: borrowing ComponentPath, isDirectory: Bool, _ decision: Decision
    ) -> Bool {
        let git = DialectBlend(switched: .all)
        func rule(_ source: IgnoreRuleSource, domain: Int) -> DialectBlend.Rule {
            DialectBlend.Rule(domain: domain, pattern: git.pattern(source.text[...], line: source.line))
        }
        let rules =
            sources.indices.map { rule(sources[$0], domain: Int(table.rules[$0].domain)) }
            + excludeSources.map { rule($0, domain: 0) }
        let names = path.bytes.split(separator: UInt8(ascii: "/")).map(Array.init)
        return git.ignores(names, isDirectory: isDirectory, rules) != decision.isIgnored
    }

    private func wasReported(_ difference: IgnoreWarning.Difference, _ rank: Int) -> Bool {
        let rule =
            rank >= IgnoreScope.excludeRank
            ? excludes.rules[rank - IgnoreScope.excludeRank] : table.rules[rank]
        return rule.reported & difference.bit != 0
    }

    private mutating func note(
        _ difference: IgnoreWarning.Difference, _ rank: Int, _ path: borrowing ComponentPath, isIgnored: Bool
    ) {
        let isNew =
            rank >= IgnoreScope.excludeRank
            ? excludes.noteReport(difference, at: rank - IgnoreScope.excludeRank)
            : table.noteReport(difference, at: rank)
        if isNew, let source = source(rank) {
            warnings.append(.difference(difference, source: source, path: path.bytes, isIgnored: isIgnored))
        }
    }
}
