/// go-git's reading of ignore files with some of the twelve rules switched over to git's.
///
/// With none switched it is profile `go-git`, with all of them profile `git`. It is plain and slow, is asked only
/// about paths on which the two disagree, and the tests hold it against both.
struct DialectBlend: Sendable {
    /// The rules that are read as git does.
    let switched: DialectRules

    /// The patterns of an ignore file's text.
    func patterns(in text: [UInt8]) -> [IgnorePattern] {
        var list: [IgnorePattern] = []
        var number = 0
        var rest = text[...]
        if has(.i), rest.starts(with: [0xEF, 0xBB, 0xBF]) { rest = rest.dropFirst(3) }
        while !rest.isEmpty {
            number += 1
            let end = rest.firstIndex(of: 0x0A)
            var line = rest[..<(end ?? rest.endIndex)]
            rest = rest[(end.map { $0 + 1 } ?? rest.endIndex)...]
            if !has(.k), line.count >= DialectBlend.longest { break }
            if line.last == 0x0D { line.removeLast() }
            if line.first == UInt8(ascii: "#") { continue }
            if has(.g) ? line.isEmpty : Whitespace.isBlank(line) { continue }
            list.append(pattern(line, line: number))
        }
        return list
    }

    /// go-git counts the LF, where there is one: 65,536 bytes with it, or that many at the end of the file.
    private static let longest = 65_536

    /// The pattern of one line, or of one `exclude` entry.
    func pattern(_ line: ArraySlice<UInt8>, line number: Int) -> IgnorePattern {
        var text = has(.j) ? line.prefix { $0 != 0 } : line
        let isInclude = text.first == UInt8(ascii: "!")
        if isInclude { text.removeFirst() }
        if has(.h) {
            text = IgnorePattern.withoutTrailingSpaces(text)
        } else if !text.suffix(2).elementsEqual("\\ ".utf8) {
            while text.last == 0x20 { text.removeLast() }
        }
        let counted = (isInclude ? [UInt8(ascii: "!")] : []) + text
        let directoriesOnly = text.last == UInt8(ascii: "/")
        if directoriesOnly { text.removeLast() }
        return IgnorePattern(
            text: counted, line: number, isInclude: isInclude, directoriesOnly: directoriesOnly,
            shape: shape(text))
    }

    private func shape(_ text: ArraySlice<UInt8>) -> IgnorePattern.Shape {
        guard text.contains(UInt8(ascii: "/")) else { return text.isEmpty ? .never : .name(Glob(text)) }
        let body = has(.d) && text.first == UInt8(ascii: "/") ? text.dropFirst() : text
        guard let parts = parts(body) else { return .never }
        var segments: [IgnorePattern.Segment] = []
        for part in parts {
            if part.text.isEmpty {
                if has(.d) { return .never }
                if !segments.isEmpty { segments.append(.empty) }
            } else if isMany(part.text) {
                segments.append(.many(minimum: part.endsEscaped ? 1 : 0))
            } else {
                let glob = Glob(part.text)
                if glob.shape == .never { return .never }
                segments.append(.name(glob))
            }
        }
        return segments.isEmpty ? .never : .path(segments)
    }

    private func parts(_ body: ArraySlice<UInt8>) -> [(text: ArraySlice<UInt8>, endsEscaped: Bool)]? {
        if has(.e) { return IgnorePattern.gitParts(body) }
        return body.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).map { ($0, false) }
    }

    private func isMany(_ text: ArraySlice<UInt8>) -> Bool {
        (has(.f) ? text.count >= 2 : text.count == 2) && text.allSatisfy { $0 == UInt8(ascii: "*") }
    }

    /// Whether a rule is read as git does.
    func has(_ rule: DialectRule) -> Bool { switched.contains(rule) }
}
