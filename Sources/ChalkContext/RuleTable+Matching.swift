/// Holding the patterns in force against paths.
extension RuleTable {
    /// Whether rule `index` matches the last component of `path` itself. Matches of directories above are the
    /// walk's business, which carries them down.
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
        case .deepGit:
            if rule.last.kind != .many && !accepts(rule.last, name) { return .no }
            return matchGit(rule, path, isDirectory: isDirectory) ? .yes : .no
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

    /// Semantics.md section 7: `**` with full backtracking. Only the last `**` needs to be gone back to,
    /// since an earlier one could only make more of the path be skipped.
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
