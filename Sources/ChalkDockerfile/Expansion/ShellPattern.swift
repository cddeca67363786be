/// The patterns of `${x#…}`, `${x%…}` and `${x/…/…}`: `*` and `?`, which stay within a line, and literals.
///
/// `\` makes `*`, `?` and itself literal; before `}` and `/` it is dropped; elsewhere it is an error.
struct ShellPattern {
    private enum Item: Equatable {
        case any
        case literal(Unicode.Scalar)
    }

    /// The runs between the stars: n stars make n + 1 segments.
    private let segments: [[Item]]

    init(_ pattern: [Unicode.Scalar]) throws(DockerfileError) {
        var segments: [[Item]] = [[]]
        var index = 0
        while index < pattern.count {
            let scalar = pattern[index]
            index += 1
            var item = Item.literal(scalar)
            switch scalar {
            case "*":
                // Stars in a row are one.
                if segments.count == 1 || segments.last != [] { segments.append([]) }
                continue
            case "?":
                item = .any
            case "\\":
                guard index < pattern.count, "*?\\}/".unicodeScalars.contains(pattern[index]) else {
                    throw DockerfileError(
                        .expansion,
                        "cannot expand a word: in a pattern \\ may only stand before * ? \\ } and /")
                }
                item = .literal(pattern[index])
                index += 1
            default: break
            }
            segments[segments.count - 1].append(item)
        }
        self.segments = segments
    }

    private init(reversing pattern: ShellPattern) {
        segments = pattern.segments.reversed().map { $0.reversed() }
    }

    func removingPrefix(of value: [Unicode.Scalar], isGreedy: Bool) -> [Unicode.Scalar] {
        guard let end = matchEnd(in: value, at: 0, isGreedy: isGreedy) else { return value }
        return Array(value[end...])
    }

    func removingSuffix(of value: [Unicode.Scalar], isGreedy: Bool) -> [Unicode.Scalar] {
        let rest = ShellPattern(reversing: self).removingPrefix(of: value.reversed(), isGreedy: isGreedy)
        return rest.reversed()
    }

    /// Replaces the first match or all; the replacement is literal. Matches are leftmost and as long as they
    /// can be; an empty match directly behind another one does not count.
    func replacing(
        in value: [Unicode.Scalar], with replacement: [Unicode.Scalar], everywhere: Bool
    ) -> [Unicode.Scalar] {
        var result: [Unicode.Scalar] = []
        var copied = 0
        var search = 0
        while let match = firstMatch(in: value, from: search) {
            result += value[copied..<match.lowerBound]
            if match.upperBound > copied || match.lowerBound == 0 { result += replacement }
            copied = match.upperBound
            search = max(search + 1, match.upperBound)
            if !everywhere { break }
        }
        return result + value[copied...]
    }

    private func firstMatch(in value: [Unicode.Scalar], from search: Int) -> Range<Int>? {
        guard search <= value.count else { return nil }
        for start in search...value.count {
            if let end = matchEnd(in: value, at: start, isGreedy: true) { return start..<end }
        }
        return nil
    }

    /// The end of the match at `start`: each star in turn takes as much (greedy) or as little as lets the
    /// rest match.
    private func matchEnd(in value: [Unicode.Scalar], at start: Int, isGreedy: Bool) -> Int? {
        guard fits(segments[0], value, start) else { return nil }
        let first = start + segments[0].count
        guard isGreedy else { return earliestEnd(from: 1, value, first) }
        guard earliestEnd(from: 1, value, first) != nil else { return nil }
        var position = first
        for index in segments.indices.dropFirst() {
            var candidate = lineEnd(value, position)
            while candidate > position {
                if fits(segments[index], value, candidate),
                    earliestEnd(from: index + 1, value, candidate + segments[index].count) != nil
                {
                    break
                }
                candidate -= 1
            }
            position = candidate + segments[index].count
        }
        return position
    }

    /// Within a line an earlier place for a segment never spoils what follows, so the first place is taken.
    private func earliestEnd(from segment: Int, _ value: [Unicode.Scalar], _ start: Int) -> Int? {
        var position = start
        for index in segments.indices.dropFirst(segment) {
            let last = lineEnd(value, position)
            guard let place = (position...last).first(where: { fits(segments[index], value, $0) }) else {
                return nil
            }
            position = place + segments[index].count
        }
        return position
    }

    private func lineEnd(_ value: [Unicode.Scalar], _ start: Int) -> Int {
        value[start...].firstIndex(of: "\n") ?? value.count
    }

    private func fits(_ segment: [Item], _ value: [Unicode.Scalar], _ start: Int) -> Bool {
        guard segment.count <= value.count - start else { return false }
        for (item, scalar) in zip(segment, value[start...]) {
            switch item {
            case .any: if scalar == "\n" { return false }
            case .literal(let literal): if scalar != literal { return false }
            }
        }
        return true
    }
}
