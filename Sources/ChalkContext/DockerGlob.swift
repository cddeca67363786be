/// A cleaned `.dockerignore` pattern, ready to be held against whole paths.
///
/// moby tells four kinds apart, and they differ in more than speed: `**foo` is "ends in foo" as long as
/// nothing else in it is special, but "a name that starts with foo" in `**foo*`. The kinds are kept here for
/// that reason.
struct DockerGlob: Hashable, Sendable {
    enum Shape: Hashable, Sendable {
        /// The path itself.
        case exact([UInt8])
        /// Every path that starts with these bytes (`dir/**`).
        case prefix([UInt8])
        /// Every path that ends in these bytes (`**/name`), or is them without their first slash.
        case suffix([UInt8])
        /// Anything else.
        case automaton(PathAutomaton)
        /// Malformed in a way that moby notices only when it first tries the pattern.
        case broken
    }

    let shape: Shape
    /// No path matches that does not start with these bytes.
    let literalPrefix: [UInt8]
    /// The same pattern component by component, where that is possible and shorter than an automaton.
    let components: [IgnorePattern.Segment]?

    init(_ pattern: [UInt8]) {
        var text = GoText.scalars(pattern)
        // Go's scanner takes a byte order mark in front for itself.
        let hasMark = text.first == 0xFEFF
        if hasMark { text.removeFirst() }
        var expression: [UInt32] = [0x5E]
        var kind = Kind.exact
        var at = 0
        var round = 0
        while at < text.count {
            let scalar = text[at]
            at += 1
            switch scalar {
            case 0x2A where at < text.count && text[at] == 0x2A:
                at += 1
                if at < text.count, text[at] == 0x2F { at += 1 }
                if at < text.count {
                    expression += "(.*/)?".unicodeScalars.map(\.value)
                    kind = .automaton
                } else if kind == .exact {
                    kind = .prefix
                } else {
                    expression += ".*".unicodeScalars.map(\.value)
                    kind = .automaton
                }
                if round == 0 { kind = .suffix }
            case 0x2A:
                expression += "[^/]*".unicodeScalars.map(\.value)
                kind = .automaton
            case 0x3F:
                expression += "[^/]".unicodeScalars.map(\.value)
                kind = .automaton
            case _ where scalar < 0x80 && DockerGlob.escaped.contains(UInt8(scalar)):
                expression += [0x5C, scalar]
            case 0x5C:
                expression.append(scalar)
                if at < text.count {
                    expression.append(text[at])
                    at += 1
                    kind = .automaton
                }
            case 0x5B, 0x5D:
                expression.append(scalar)
                kind = .automaton
            default:
                expression.append(scalar)
            }
            round += 1
        }
        switch kind {
        case .exact: shape = .exact(pattern)
        case .prefix: shape = .prefix(Array(pattern.dropLast(2)))
        case .suffix: shape = .suffix(Array(pattern.dropFirst(2)))
        case .automaton:
            // Behind a `\` that stands last, moby's own end mark becomes a dollar sign, and the end is open.
            expression.append(0x24)
            shape = PathAutomaton(expression: expression).map(Shape.automaton) ?? .broken
        }
        // A broken one is to be tried wherever moby would try it.
        literalPrefix = shape == .broken ? [] : DockerGlob.literalPrefix(of: pattern)
        components = if case .automaton = shape { DockerGlob.components(of: pattern) } else { nil }
    }

    private enum Kind { case exact, prefix, suffix, automaton }

    /// moby means to escape `|{}` too, but its bit table is too small for them: they keep their meaning.
    private static let escaped = Set(".+()$".utf8)
    private static let special = Set("*[]?^\\{".utf8)

    /// The bytes before the first special one. An alternative may start anywhere, a count takes back what
    /// stands before it, and bytes that are not ASCII stand for others where they are not UTF-8.
    private static func literalPrefix(of pattern: [UInt8]) -> [UInt8] {
        if pattern.contains(UInt8(ascii: "|")) { return [] }
        let prefix = pattern.prefix { $0 < 0x80 && !special.contains($0) }
        let isCounted = prefix.count < pattern.count && pattern[prefix.count] == UInt8(ascii: "{")
        return Array(isCounted ? prefix.dropLast() : prefix)
    }

    func matches(_ path: Span<UInt8>) -> Bool {
        switch shape {
        case .exact(let bytes): return path.count == bytes.count && path.starts(with: bytes)
        case .prefix(let bytes): return path.starts(with: bytes)
        case .suffix(let bytes):
            if path.ends(with: bytes[...]) { return true }
            return bytes.first == UInt8(ascii: "/") && path.count == bytes.count - 1
                && path.ends(with: bytes.dropFirst())
        case .automaton(let automaton): return path.starts(with: literalPrefix) && automaton.matches(path)
        case .broken: return false
        }
    }

    /// Whether some path below `directory` could match.
    func mayMatch(below directory: Span<UInt8>) -> Bool {
        for (index, byte) in literalPrefix.enumerated() {
            if index < directory.count {
                if directory[index] != byte { return false }
            } else {
                return index > directory.count || byte == UInt8(ascii: "/")
            }
        }
        return true
    }
}

/// Text as Go decodes it: every byte that is not part of valid UTF-8 is one U+FFFD.
enum GoText {
    /// The scalar at an index and how many bytes it takes.
    static func scalar(_ bytes: [UInt8], _ at: Int) -> (UInt32, Int) {
        scalar(bytes.span, at)
    }

    static func scalar(_ bytes: Span<UInt8>, _ at: Int) -> (UInt32, Int) {
        let first = bytes[at]
        if first < 0x80 { return (UInt32(first), 1) }
        let length: Int
        var value: UInt32
        let least: UInt32
        switch first {
        case 0xC2...0xDF: (length, value, least) = (2, UInt32(first & 0x1F), 0x80)
        case 0xE0...0xEF: (length, value, least) = (3, UInt32(first & 0x0F), 0x800)
        case 0xF0...0xF4: (length, value, least) = (4, UInt32(first & 0x07), 0x1_0000)
        default: return (0xFFFD, 1)
        }
        if at + length > bytes.count { return (0xFFFD, 1) }
        for offset in 1..<length {
            let byte = bytes[at + offset]
            if byte & 0xC0 != 0x80 { return (0xFFFD, 1) }
            value = value << 6 | UInt32(byte & 0x3F)
        }
        if value < least || value > 0x10_FFFF || (0xD800...0xDFFF).contains(value) { return (0xFFFD, 1) }
        return (value, length)
    }

    static func scalars(_ bytes: [UInt8]) -> [UInt32] {
        var list: [UInt32] = []
        var at = 0
        while at < bytes.count {
            let (value, length) = scalar(bytes, at)
            list.append(value)
            at += length
        }
        return list
    }
}

extension Span<UInt8> {
    func starts(with bytes: [UInt8]) -> Bool {
        guard count >= bytes.count else { return false }
        for index in bytes.indices where self[index] != bytes[index] { return false }
        return true
    }

    func ends(with bytes: ArraySlice<UInt8>) -> Bool {
        guard count >= bytes.count else { return false }
        var at = count - bytes.count
        for byte in bytes {
            if self[at] != byte { return false }
            at += 1
        }
        return true
    }
}
