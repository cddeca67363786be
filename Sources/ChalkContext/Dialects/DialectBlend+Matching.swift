/// Holding blended patterns against paths: semantics.md sections 4 and 7.
extension DialectBlend {
    /// A pattern with the number of components of its domain.
    struct Rule: Sendable {
        let domain: Int
        let pattern: IgnorePattern
    }

    /// The verdict of a walk that prunes.
    ///
    /// - Parameter rules: Of all directories on the way, weakest first.
    func ignores(_ path: [[UInt8]], isDirectory: Bool, _ rules: [Rule]) -> Bool {
        path.indices.contains { index in
            excludes(path[...index], isDirectory: isDirectory || index < path.count - 1, rules)
        }
    }

    /// The verdict on an entry that the walk has come to.
    func excludes(_ names: ArraySlice<[UInt8]>, isDirectory: Bool, _ rules: [Rule]) -> Bool {
        rules.last { matches($0, names, isDirectory: isDirectory) }.map { !$0.pattern.isInclude } ?? false
    }

    private func matches(_ rule: Rule, _ path: ArraySlice<[UInt8]>, isDirectory: Bool) -> Bool {
        let names = path.dropFirst(rule.domain)
        if names.isEmpty { return false }
        let directoriesOnly = rule.pattern.directoriesOnly
        switch rule.pattern.shape {
        case .never, .docker: return false
        case .name(let glob):
            let candidates = has(.b) ? names.suffix(1) : names
            guard let index = candidates.firstIndex(where: { glob.matches($0) }) else { return false }
            return isDirectory || !directoriesOnly || index < names.endIndex - 1
        case .path(let segments):
            if !has(.c) {
                return matchesFirst(segments, names, isDirectory: isDirectory, directoriesOnly)
            }
            let lengths = has(.b) ? names.count...names.count : 1...names.count
            let plain = withoutEmpty(segments)
            return lengths.contains { length in
                let isWhole = length == names.count
                return matchesAny(
                    plain, names.prefix(length), isDirectory: isDirectory || !isWhole, directoriesOnly)
            }
        }
    }

    /// go-git's way: `**/` takes the first component that fits.
    private func matchesFirst(
        _ segments: [IgnorePattern.Segment], _ names: ArraySlice<[UInt8]>, isDirectory: Bool,
        _ directoriesOnly: Bool
    ) -> Bool {
        var next = names.startIndex
        var isMatch = false
        var skips = false
        var isTail = false
        for (index, segment) in segments.enumerated() {
            switch segment {
            case .empty: skips = false
            case .many:
                if index == segments.count - 1 {
                    isMatch = next < names.endIndex || (isDirectory && !has(.a))
                    isTail = isMatch
                } else {
                    skips = true
                }
            case .name(let glob):
                if next == names.endIndex { return false }
                if skips {
                    skips = false
                    guard let found = names[next...].firstIndex(where: { glob.matches($0) }) else {
                        return false
                    }
                    next = found + 1
                    isMatch = true
                } else {
                    if !glob.matches(names[next]) { return false }
                    next += 1
                    isMatch = next < names.endIndex || index == segments.count - 1
                }
            }
        }
        let isUsedUp = next == names.endIndex || isTail
        if !isMatch || (has(.b) && !isUsedUp) { return false }
        return isDirectory || !directoriesOnly || !isUsedUp
    }

    /// git's way: the whole path, with every way to spread `**`.
    private func matchesAny(
        _ segments: [IgnorePattern.Segment], _ names: ArraySlice<[UInt8]>, isDirectory: Bool,
        _ directoriesOnly: Bool
    ) -> Bool {
        if directoriesOnly && !isDirectory { return false }
        // reach: after how many names the segments so far can have ended.
        var reach = [Bool](repeating: false, count: names.count + 1)
        reach[0] = true
        for (index, segment) in segments.enumerated() {
            var next = [Bool](repeating: false, count: names.count + 1)
            switch segment {
            case .empty: next = reach
            case .name(let glob):
                for (place, name) in names.enumerated() where reach[place] && glob.matches(name) {
                    next[place + 1] = true
                }
            case .many(let minimum):
                let isLast = index == segments.count - 1
                let coversItself = minimum == 0 && isDirectory && !has(.a)
                let least = isLast && !coversItself ? 1 : minimum
                guard let first = reach.firstIndex(of: true) else { return false }
                for place in next.indices where place >= first + least { next[place] = true }
            }
            reach = next
        }
        return reach[names.count]
    }

    /// What empty segments mean, said without them.
    private func withoutEmpty(_ segments: [IgnorePattern.Segment]) -> [IgnorePattern.Segment] {
        var list: [IgnorePattern.Segment] = []
        for (index, segment) in segments.enumerated() {
            if segment != .empty {
                list.append(segment)
            } else if case .many = list.last {
                list.removeLast()
            } else if index == segments.count - 1 {
                list.append(.many(minimum: 1))
            }
        }
        return list
    }
}

extension Glob {
    /// Whether the whole name fits.
    func matches(_ name: [UInt8]) -> Bool {
        switch shape {
        case .never: false
        case .literal(let text): name == text
        case .oneStar(let head, let tail):
            name.count >= head.count + tail.count && name.starts(with: head)
                && name.suffix(tail.count).elementsEqual(tail)
        case .tokens(let tokens, let sets):
            Glob.matches(tokens.span, sets: sets.span, firstSetAt: 0, name.span)
        }
    }
}
