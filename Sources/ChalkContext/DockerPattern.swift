/// `.dockerignore` lines, by the rules of moby's ignorefile and patternmatcher packages (as BuildKit uses
/// them).
extension IgnorePattern {
    /// A pattern from a line; nil when the line says nothing.
    ///
    /// - Throws: ``ContextError`` (`pattern`) where moby refuses the build.
    static func docker(
        _ line: [UInt8], line number: Int, file: [UInt8]?
    ) throws(ContextError) -> IgnorePattern? {
        var text = Whitespace.trimmed(line[...])
        if text.isEmpty { return nil }
        let mark = UInt8(ascii: "!")
        let startsWithMark = text.first == mark
        if startsWithMark { text = Whitespace.trimmed(text.dropFirst()) }
        var cleaned = text.isEmpty ? [] : CleanPath.clean(text)
        if cleaned.count > 1, cleaned[0] == UInt8(ascii: "/") { cleaned.removeFirst() }
        // moby cleans what it has made of the line once more, `!` and all, and only then asks for the `!`. So
        // `/!a` is an exception, and `!../../a` is none.
        if startsWithMark { cleaned.insert(mark, at: 0) }
        cleaned = CleanPath.clean(Whitespace.trimmed(cleaned[...]))
        let counted = cleaned
        let isException = cleaned.first == mark
        if isException { cleaned.removeFirst() }
        if cleaned.isEmpty {
            throw ContextError(
                .pattern,
                "cannot use the pattern ! in \(ContextError.place(file, number)): it names nothing; "
                    + "write what is to be kept after the !")
        }
        if GoMatch.refuses(cleaned) { throw .malformed(counted, file: file, line: number) }
        return IgnorePattern(
            text: counted, line: number, isInclude: isException, directoriesOnly: false,
            shape: .docker(DockerGlob(cleaned)))
    }
}

/// Go's lexical `path.Clean`: the shortest path that means the same without looking at any file.
enum CleanPath {
    static func clean(_ path: ArraySlice<UInt8>) -> [UInt8] {
        let isRooted = path.first == UInt8(ascii: "/")
        var parts: [ArraySlice<UInt8>] = []
        let dotDot = Array("..".utf8)[...]
        for part in path.split(separator: UInt8(ascii: "/")) where !part.elementsEqual(".".utf8) {
            if part != dotDot {
                parts.append(part)
            } else if let last = parts.last, last != dotDot {
                parts.removeLast()
            } else if !isRooted {
                parts.append(part)
            }
        }
        let joined = Array(parts.joined(separator: [UInt8(ascii: "/")]))
        if isRooted { return [UInt8(ascii: "/")] + joined }
        return joined.isEmpty ? [UInt8(ascii: ".")] : joined
    }
}
