/// The patterns in force, in the order in which they were read, laid out flat: matching follows no references.
///
/// A walk appends a directory's patterns when it enters and takes them off when it leaves.
struct RuleTable: Sendable {
    /// A ``Glob`` or ``IgnorePattern/Segment`` by its place in the pools.
    struct Segment: Sendable {
        enum Kind: UInt8, Sendable { case never, literal, oneStar, tokens, empty, many }
        var kind: Kind
        /// Where bytes (literal, oneStar) or tokens start.
        var start: Int32 = 0
        /// Bytes before the star; all of a literal; number of tokens.
        var head: Int32 = 0
        /// Bytes after the star; for `many` the least number of components; for tokens where their sets start.
        var tail: Int32 = 0
    }

    struct Rule: Sendable {
        enum Kind: UInt8, Sendable {
            case never
            /// Held against the last component.
            case name
            /// As many components as segments, none of them `**` or empty.
            case fixed
            /// With `**` or empty segments, go-git's way.
            case deepGoGit
            /// With `**`, git's way.
            case deepGit
        }
        var kind: Kind
        var isInclude: Bool
        var directoriesOnly: Bool
        /// Whether a match on a directory answers for all below it: not so for what ends in `/**/` (section 4.4).
        var carries: Bool
        /// Rules A, B and C that were reported for this pattern already.
        var reported: UInt8 = 0
        /// Whether git could find a match where go-git does not try a second time (rule C).
        var mayNeedSecondTry: Bool
        /// Components of the directory that holds the file.
        var domain: Int32
        /// Of `name` the glob, of `fixed` the last segment.
        var last: Segment
        var firstSegment: Int32
        var segmentCount: Int32
    }

    enum Match {
        case no
        case yes
        /// Only because go-git lets `X/**` cover the directory X itself (rule A).
        case yesByRuleA
    }

    private(set) var rules: [Rule] = []
    private var segments: [Segment] = []
    private var bytes: [UInt8] = []
    private var tokens: [Glob.Token] = []
    private var sets: [ByteSet] = []

    /// How much is in the table at one moment.
    struct Mark: Sendable {
        fileprivate var rules = 0
        fileprivate var segments = 0
        fileprivate var bytes = 0
        fileprivate var tokens = 0
        fileprivate var sets = 0
    }

    var mark: Mark {
        Mark(
            rules: rules.count, segments: segments.count, bytes: bytes.count, tokens: tokens.count,
            sets: sets.count)
    }

    mutating func truncate(to mark: Mark) {
        if rules.count == mark.rules { return }
        rules.removeLast(rules.count - mark.rules)
        segments.removeLast(segments.count - mark.segments)
        bytes.removeLast(bytes.count - mark.bytes)
        tokens.removeLast(tokens.count - mark.tokens)
        sets.removeLast(sets.count - mark.sets)
    }

    /// Notes that rule A, B or C was reported; false when it had been.
    mutating func noteReport(_ difference: IgnoreWarning.Difference, at index: Int) -> Bool {
        if rules[index].reported & difference.bit != 0 { return false }
        rules[index].reported |= difference.bit
        return true
    }

    mutating func append(_ pattern: IgnorePattern, domain: Int, profile: IgnoreProfile) {
        var rule = Rule(
            kind: .never, isInclude: pattern.isInclude, directoriesOnly: pattern.directoriesOnly,
            carries: true,
            mayNeedSecondTry: false, domain: Int32(clamping: domain), last: Segment(kind: .never),
            firstSegment: Int32(clamping: segments.count), segmentCount: 0)
        switch pattern.shape {
        case .never, .docker: break
        case .name(let glob):
            rule.kind = .name
            rule.last = intern(glob)
        case .path(let list):
            let isFixed = list.allSatisfy { if case .name = $0 { true } else { false } }
            rule.kind = isFixed ? .fixed : profile == .git ? .deepGit : .deepGoGit
            rule.segmentCount = Int32(clamping: list.count)
            rule.carries = !(pattern.directoriesOnly && list.last == .many(minimum: 0))
            rule.mayNeedSecondTry =
                rule.kind == .deepGoGit && list.dropLast().contains(.many(minimum: 0))
                && !list.contains(.empty)
            for segment in list {
                switch segment {
                case .name(let glob): segments.append(intern(glob))
                case .empty: segments.append(Segment(kind: .empty))
                case .many(let minimum): segments.append(Segment(kind: .many, tail: Int32(clamping: minimum)))
                }
            }
            rule.last = segments.last ?? rule.last
        }
        rules.append(rule)
    }

    private mutating func intern(_ glob: Glob) -> Segment {
        switch glob.shape {
        case .never: return Segment(kind: .never)
        case .literal(let text):
            defer { bytes += text }
            return Segment(
                kind: .literal, start: Int32(clamping: bytes.count), head: Int32(clamping: text.count))
        case .oneStar(let head, let tail):
            defer { bytes += head + tail }
            return Segment(
                kind: .oneStar, start: Int32(clamping: bytes.count), head: Int32(clamping: head.count),
                tail: Int32(clamping: tail.count))
        case .tokens(let list, let listSets):
            defer {
                tokens += list
                sets += listSets
            }
            return Segment(
                kind: .tokens, start: Int32(clamping: tokens.count), head: Int32(clamping: list.count),
                tail: Int32(clamping: sets.count))
        }
    }
}

/// Matching.
extension RuleTable {
    /// Whether rule `index` matches the last component of `path` itself. Matches of directories above are the walk's
    /// business, which carries them down.
    @inline(__always)
    func match(_ index: Int, _ path: borrowing ComponentPath, _ name: Span<UInt8>, isDirectory: Bool) -> Match
    {
        let rule = rules[index]
        switch rule.kind {
        case .never: return .no
        case .name:
            if rule.directoriesOnly && !isDirectory { return .no }
            return accepts(rule.last, name) ? .yes : .no
        case .fixed:
            if rule.directoriesOnly && !isDirectory { return .no }
            if path.count - Int(rule.domain) != Int(rule.segmentCount) { return .no }
            return accepts(rule.last, name) && acceptsFront(rule, path) ? .yes : .no
        case .deepGoGit: return matchGoGit(rule, path, isDirectory: isDirectory)
        case .deepGit: return matchGit(rule, path, isDirectory: isDirectory) ? .yes : .no
        }
    }

    private func acceptsFront(_ rule: Rule, _ path: borrowing ComponentPath) -> Bool {
        for offset in 0..<(Int(rule.segmentCount) - 1)
        where !accepts(segments[Int(rule.firstSegment) + offset], path, Int(rule.domain) + offset) {
            return false
        }
        return true
    }

    /// Semantics.md section 4.3.
    private func matchGoGit(_ rule: Rule, _ path: borrowing ComponentPath, isDirectory: Bool) -> Match {
        var next = Int(rule.domain)
        let end = path.count
        let last = Int(rule.firstSegment + rule.segmentCount) - 1
        var isMatch = false
        var skips = false
        var isTail = false
        var isRuleA = false
        for index in Int(rule.firstSegment)...last {
            let segment = segments[index]
            if segment.kind == .empty {
                skips = false
            } else if segment.kind == .many {
                if index == last {
                    isRuleA = next >= end
                    isMatch = !isRuleA || isDirectory
                    isTail = isMatch
                } else {
                    skips = true
                }
            } else if next >= end {
                return .no
            } else if skips {
                skips = false
                while next < end && !accepts(segment, path, next) { next += 1 }
                if next == end { return .no }
                next += 1
                isMatch = true
            } else {
                if !accepts(segment, path, next) { return .no }
                next += 1
                isMatch = next < end || index == last
            }
        }
        if !isMatch { return .no }
        if rule.directoriesOnly && !isDirectory && (next >= end || isTail) { return .no }
        return isRuleA ? .yesByRuleA : .yes
    }

    /// Whether git would match where go-git, which takes the first component that fits, does not (rule C).
    func matchesOnSecondTry(_ index: Int, _ path: borrowing ComponentPath, isDirectory: Bool) -> Bool {
        rules[index].mayNeedSecondTry && matchGit(rules[index], path, isDirectory: isDirectory)
    }

    /// Whether git would match the entry by itself with the same text.
    func matchesLikeGit(
        _ index: Int, _ path: borrowing ComponentPath, _ name: Span<UInt8>, isDirectory: Bool
    ) -> Bool {
        let rule = rules[index]
        if rule.kind != .deepGoGit { return match(index, path, name, isDirectory: isDirectory) == .yes }
        for offset in 0..<Int(rule.segmentCount)
        where segments[Int(rule.firstSegment) + offset].kind == .empty {
            return false
        }
        return matchGit(rule, path, isDirectory: isDirectory)
    }

    /// Semantics.md section 7: `**` with full backtracking. Only the last `**` needs to be gone back to, since an
    /// earlier one could only make more of the path be skipped.
    private func matchGit(_ rule: Rule, _ path: borrowing ComponentPath, isDirectory: Bool) -> Bool {
        if rule.directoriesOnly && !isDirectory { return false }
        let end = path.count
        let stop = Int(rule.firstSegment + rule.segmentCount)
        var segment = Int(rule.firstSegment)
        var next = Int(rule.domain)
        var afterMany = -1
        var tryAt = 0
        while true {
            if segment < stop, segments[segment].kind == .many {
                if segment + 1 == stop {
                    if next < end { return true }
                } else {
                    afterMany = segment + 1
                    tryAt = next + Int(segments[segment].tail)
                    if tryAt > end { return false }
                    segment = afterMany
                    next = tryAt
                    continue
                }
            } else if segment == stop {
                if next == end { return true }
            } else if next < end, accepts(segments[segment], path, next) {
                segment += 1
                next += 1
                continue
            }
            if afterMany < 0 || tryAt >= end { return false }
            tryAt += 1
            next = tryAt
            segment = afterMany
        }
    }

    private func accepts(_ segment: Segment, _ path: borrowing ComponentPath, _ index: Int) -> Bool {
        accepts(segment, path.bytes.span.extracting(path.range(index)))
    }

    @inline(__always)
    private func accepts(_ segment: Segment, _ name: Span<UInt8>) -> Bool {
        let head = Int(segment.head)
        let start = Int(segment.start)
        switch segment.kind {
        case .never, .empty, .many: return false
        case .literal:
            return name.count == head && equal(bytes.span, start, name, 0, head)
        case .oneStar:
            let tail = Int(segment.tail)
            return name.count >= head + tail && equal(bytes.span, start + head, name, name.count - tail, tail)
                && equal(bytes.span, start, name, 0, head)
        case .tokens:
            return Glob.matches(
                tokens.span.extracting(start..<(start + head)), sets: sets.span,
                firstSetAt: Int(segment.tail), name)
        }
    }

    @inline(__always)
    private func equal(_ a: Span<UInt8>, _ from: Int, _ b: Span<UInt8>, _ at: Int, _ count: Int) -> Bool {
        var offset = count - 1
        // Backwards: endings tell names apart sooner than beginnings.
        while offset >= 0 {
            if a[from + offset] != b[at + offset] { return false }
            offset -= 1
        }
        return true
    }
}
