/// The patterns of one ignore file, or of an `exclude` list.
package struct IgnoreFile: Hashable, Sendable {
    /// Path from the root of the context, or whatever names the file to people; nil for `exclude` entries.
    package let path: [UInt8]?
    /// In the order of the lines.
    package let patterns: [IgnorePattern]
    /// The line that was too long and ended the reading (go-git), from 1.
    package let longLine: Int?
    /// Whether the file starts with a UTF-8 byte order mark that counts as part of its first line (go-git).
    package let hasByteOrderMark: Bool

    private static let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    /// Go's line reader gives up on lines of this many bytes with their LF, or one less at the end of the
    /// file.
    private static let longest = 65_536

    /// Reads the text of an ignore file.
    ///
    /// - Throws: ``ContextError`` for `docker` only: a malformed pattern or a line over 65,535 bytes.
    package init(_ text: [UInt8], path: [UInt8]?, profile: IgnoreProfile) throws(ContextError) {
        self.path = path
        var patterns: [IgnorePattern] = []
        var longLine: Int?
        let startsWithMark = text.starts(with: IgnoreFile.mark)
        var number = 0
        var rest = text[...]
        if startsWithMark && profile == .git { rest = rest.dropFirst(3) }
        while !rest.isEmpty {
            number += 1
            let end = rest.firstIndex(of: 0x0A)
            var line = rest[..<(end ?? rest.endIndex)]
            rest = rest[(end.map { $0 + 1 } ?? rest.endIndex)...]
            let length = line.count + (end == nil ? 0 : 1)
            let isTooLong = length > IgnoreFile.longest || (end == nil && length == IgnoreFile.longest)
            if profile != .git && isTooLong {
                if profile == .docker {
                    throw ContextError(
                        .ignoreFile,
                        "cannot read \(ContextError.place(path, number)): the line is longer than 65535 bytes; split it"
                    )
                }
                longLine = number
                break
            }
            if line.last == 0x0D { line.removeLast() }
            if profile == .docker && number == 1 && startsWithMark { line = line.dropFirst(3) }
            if line.first == UInt8(ascii: "#") { continue }
            switch profile {
            case .goGit_374c3548:
                if Whitespace.isBlank(line) { continue }
                patterns.append(.goGit(Array(line), line: number))
            case .git:
                if line.isEmpty { continue }
                patterns.append(.git(Array(line), line: number))
            case .docker:
                if let pattern = try IgnorePattern.docker(Array(line), line: number, file: path) {
                    patterns.append(pattern)
                }
            }
        }
        self.patterns = patterns
        self.longLine = longLine
        hasByteOrderMark = startsWithMark && profile == .goGit_374c3548
    }

    /// The entries of an `exclude` list: each is one pattern, with the root as its domain.
    ///
    /// - Throws: ``ContextError`` (`pattern`) for an entry that can never match: empty, with a leading `./`,
    ///   or with a line feed in it.
    package init(exclude entries: [[UInt8]], profile: IgnoreProfile) throws(ContextError) {
        path = nil
        longLine = nil
        hasByteOrderMark = false
        var patterns: [IgnorePattern] = []
        for (index, entry) in entries.enumerated() {
            let shown = "exclude entry \(index + 1) (\(ContextError.show(entry)))"
            if entry.isEmpty {
                throw ContextError(
                    .pattern, "exclude entry \(index + 1) is empty; remove it or write a pattern")
            }
            if entry.contains(0x0A) || entry.contains(0) {
                throw ContextError(.pattern, "\(shown) holds a line feed or NUL; write one pattern an entry")
            }
            if profile != .docker && entry.starts(with: Array("./".utf8)) {
                throw ContextError(.pattern, "\(shown) starts with ./ and can never match; leave the ./ out")
            }
            patterns.append(try IgnorePattern(entry, line: index + 1, profile: profile))
        }
        self.patterns = patterns
    }
}

/// Unicode white space in UTF-8 bytes (semantics.md section 2, rule 4).
enum Whitespace {
    /// Whether there is nothing else.
    static func isBlank(_ bytes: ArraySlice<UInt8>) -> Bool {
        trimmed(bytes).isEmpty
    }

    /// Without white space at both ends.
    static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var rest = bytes
        while let length = leadingLength(rest) { rest = rest.dropFirst(length) }
        while let length = trailingLength(rest) { rest = rest.dropLast(length) }
        return rest
    }

    private static func leadingLength(_ bytes: ArraySlice<UInt8>) -> Int? {
        (1...3).first { $0 <= bytes.count && isSpace(bytes.prefix($0)) }
    }

    private static func trailingLength(_ bytes: ArraySlice<UInt8>) -> Int? {
        (1...3).first { $0 <= bytes.count && isSpace(bytes.suffix($0)) }
    }

    /// Whether these bytes are exactly one character of white space.
    private static func isSpace(_ bytes: ArraySlice<UInt8>) -> Bool {
        let first = bytes[bytes.startIndex]
        switch bytes.count {
        case 1: return first == 0x20 || (first >= 0x09 && first <= 0x0D)
        case 2:
            return first == 0xC2
                && (bytes[bytes.startIndex + 1] == 0x85 || bytes[bytes.startIndex + 1] == 0xA0)
        default:
            let second = bytes[bytes.startIndex + 1]
            let third = bytes[bytes.startIndex + 2]
            switch (first, second) {
            case (0xE1, 0x9A): return third == 0x80
            case (0xE2, 0x80): return (0x80...0x8A).contains(third) || [0xA8, 0xA9, 0xAF].contains(third)
            case (0xE2, 0x81): return third == 0x9F
            case (0xE3, 0x80): return third == 0x80
            default: return false
            }
        }
    }
}
