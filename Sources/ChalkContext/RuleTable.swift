/// The patterns in force, in the order in which they were read, laid out flat: matching follows no
/// references.
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
        /// Bytes after the star; for `many` the least number of components; for tokens where their sets
        /// start.
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
        /// Whether a match on a directory answers for all below it: not so for what ends in `/**/` (section
        /// 4.4).
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
        /// Where the rule is found by names, and the one that was found there before; negative for none.
        var bucket: Int32 = -1
        var older: Int32 = -1
    }

    enum Match {
        case no
        case yes
        /// Only because go-git lets `X/**` cover the directory X itself (rule A).
        case yesByRuleA
    }

    private(set) var rules: [Rule] = []
    private(set) var segments: [Segment] = []
    private(set) var bytes: [UInt8] = []
    private(set) var tokens: [Glob.Token] = []
    private(set) var sets: [ByteSet] = []
    /// The newest rule of each bucket.
    private(set) var newest = [Int32](repeating: -1, count: NameBuckets.count)

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
        for rule in rules[mark.rules...].reversed() where rule.bucket >= 0 {
            newest[Int(rule.bucket)] = rule.older
        }
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
        if rule.kind != .never, let bucket = bucket(of: rule.last) {
            rule.bucket = Int32(bucket)
            rule.older = newest[bucket]
            newest[bucket] = Int32(clamping: rules.count)
        }
        rules.append(rule)
    }

    /// Where the names are that the last segment of a rule could match; nil when there is none.
    private func bucket(of last: Segment) -> Int? {
        switch last.kind {
        case .never: return nil
        case .empty, .many: return NameBuckets.any
        case .literal:
            let start = Int(last.start)
            return NameBuckets.whole(bytes.span.extracting(start..<(start + Int(last.head))))
        case .oneStar:
            let start = Int(last.start)
            if last.tail > 0 { return NameBuckets.ending(bytes[start + Int(last.head + last.tail) - 1]) }
            return last.head > 0 ? NameBuckets.beginning(bytes[start]) : NameBuckets.any
        case .tokens:
            let start = Int(last.start)
            if let byte = UInt8(exactly: tokens[start + Int(last.head) - 1]) {
                return NameBuckets.ending(byte)
            }
            return UInt8(exactly: tokens[start]).map(NameBuckets.beginning) ?? NameBuckets.any
        }
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
