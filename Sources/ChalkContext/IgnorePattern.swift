/// One line of an ignore file, understood.
package struct IgnorePattern: Hashable, Sendable {
    /// What the pattern is held against.
    enum Shape: Hashable, Sendable {
        /// Nothing: the line can match no path.
        case never
        /// The last component alone.
        case name(Glob)
        /// The components below the directory of the file, one after the other.
        case path([Segment])
        /// The whole path, by moby's rules.
        case docker(DockerGlob)
    }

    /// What a path pattern says of one component, or of many.
    enum Segment: Hashable, Sendable {
        case name(Glob)
        /// An empty segment (go-git only).
        case empty
        /// `**`: so many components as fit, at least `minimum`.
        case many(minimum: Int)
    }

    /// The line as it counts: without line end and trailing spaces, with `!` and a trailing `/`.
    package let text: [UInt8]
    /// Line number from 1; for an `exclude` entry its place in the list from 1.
    package let line: Int
    /// Whether a match keeps the entry (`!`).
    package let isInclude: Bool
    /// Whether only directories match (a trailing `/`).
    package let directoriesOnly: Bool
    let shape: Shape

    init(text: [UInt8], line: Int, isInclude: Bool, directoriesOnly: Bool, shape: Shape) {
        self.text = text
        self.line = line
        self.isInclude = isInclude
        self.directoriesOnly = directoriesOnly
        self.shape = shape
    }

    /// A pattern from the text of its line.
    ///
    /// - Throws: ``ContextError`` (`pattern`) for `docker`, the one profile in which a malformed pattern is
    ///   an error; in the others it matches nothing.
    package init(
        _ text: [UInt8], line: Int, profile: IgnoreProfile, file: [UInt8]? = nil
    ) throws(ContextError) {
        switch profile {
        case .goGit_374c3548: self = IgnorePattern.goGit(text, line: line)
        case .git: self = IgnorePattern.git(text, line: line)
        case .docker:
            guard let pattern = try IgnorePattern.docker(text, line: line, file: file) else {
                throw ContextError(
                    .pattern, "the pattern in \(ContextError.place(file, line)) is empty; remove it")
            }
            self = pattern
        }
    }
}

/// Semantics.md section 3.
extension IgnorePattern {
    static func goGit(_ line: [UInt8], line number: Int) -> IgnorePattern {
        var text = line[...]
        let isInclude = text.first == UInt8(ascii: "!")
        if isInclude { text.removeFirst() }
        if !text.elementsEndIn(UInt8(ascii: "\\"), UInt8(ascii: " ")) {
            while text.last == UInt8(ascii: " ") { text.removeLast() }
        }
        let counted = (isInclude ? [UInt8(ascii: "!")] : []) + text
        let directoriesOnly = text.last == UInt8(ascii: "/")
        if directoriesOnly { text.removeLast() }
        return IgnorePattern(
            text: counted, line: number, isInclude: isInclude, directoriesOnly: directoriesOnly,
            shape: goGitShape(text))
    }

    private static func goGitShape(_ text: ArraySlice<UInt8>) -> Shape {
        guard text.contains(UInt8(ascii: "/")) else { return text.isEmpty ? .never : .name(Glob(text)) }
        var segments: [Segment] = []
        for part in text.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
            if part.isEmpty {
                segments.append(.empty)
            } else if part.elementsEqual([UInt8(ascii: "*"), UInt8(ascii: "*")]) {
                segments.append(.many(minimum: 0))
            } else {
                segments.append(.name(Glob(part)))
            }
        }
        // In front an empty segment says nothing; elsewhere it does.
        let first = segments.firstIndex { $0 != .empty } ?? segments.endIndex
        segments.removeSubrange(..<first)
        return segments.isEmpty ? .never : .path(segments)
    }
}

/// Semantics.md section 7.
extension IgnorePattern {
    static func git(_ line: [UInt8], line number: Int) -> IgnorePattern {
        var text = withoutTrailingSpaces(line[..<(line.firstIndex(of: 0) ?? line.endIndex)])
        let counted = Array(text)
        let isInclude = text.first == UInt8(ascii: "!")
        if isInclude { text.removeFirst() }
        let directoriesOnly = text.last == UInt8(ascii: "/")
        if directoriesOnly { text.removeLast() }
        return IgnorePattern(
            text: counted, line: number, isInclude: isInclude, directoriesOnly: directoriesOnly,
            shape: gitShape(text))
    }

    /// Without the spaces at the end that no backslash protects.
    static func withoutTrailingSpaces(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var firstSpace: Int?
        var at = line.startIndex
        while at < line.endIndex {
            if line[at] == UInt8(ascii: " ") {
                if firstSpace == nil { firstSpace = at }
            } else {
                firstSpace = nil
                if line[at] == UInt8(ascii: "\\") {
                    at += 1
                    if at == line.endIndex { return line }
                }
            }
            at += 1
        }
        return line[..<(firstSpace ?? line.endIndex)]
    }

    private static func gitShape(_ text: ArraySlice<UInt8>) -> Shape {
        guard text.contains(UInt8(ascii: "/")) else { return text.isEmpty ? .never : .name(Glob(text)) }
        let pattern = text.first == UInt8(ascii: "/") ? text.dropFirst() : text
        guard let parts = gitParts(pattern) else { return .never }
        var segments: [Segment] = []
        for part in parts {
            if part.text.isEmpty { return .never }
            if part.text.count >= 2 && part.text.allSatisfy({ $0 == UInt8(ascii: "*") }) {
                segments.append(.many(minimum: part.endsEscaped ? 1 : 0))
            } else {
                let glob = Glob(part.text)
                if glob.shape == .never { return .never }
                segments.append(.name(glob))
            }
        }
        return .path(segments)
    }

    /// The pattern cut at the slashes that stand for slashes: not those in sets, but also those behind a `\`.
    static func gitParts(
        _ pattern: ArraySlice<UInt8>
    ) -> [(text: ArraySlice<UInt8>, endsEscaped: Bool)]? {
        var parts: [(text: ArraySlice<UInt8>, endsEscaped: Bool)] = []
        var start = pattern.startIndex
        var at = start
        while at < pattern.endIndex {
            switch pattern[at] {
            case UInt8(ascii: "/"):
                parts.append((pattern[start..<at], false))
                start = at + 1
                at = start
            case UInt8(ascii: "\\"):
                guard at + 1 < pattern.endIndex else { return nil }
                if pattern[at + 1] == UInt8(ascii: "/") {
                    parts.append((pattern[start..<at], true))
                    start = at + 2
                    at = start
                } else {
                    at += 2
                }
            case UInt8(ascii: "["):
                guard let (_, end) = GlobReader.set(in: pattern, from: at + 1) else { return nil }
                at = end
            default:
                at += 1
            }
        }
        parts.append((pattern[start...], false))
        return parts
    }
}

extension ArraySlice<UInt8> {
    fileprivate func elementsEndIn(_ a: UInt8, _ b: UInt8) -> Bool {
        count >= 2 && self[endIndex - 2] == a && self[endIndex - 1] == b
    }
}
