/// `.dockerignore` lines, by the rules of moby's ignorefile and patternmatcher packages (as BuildKit uses them).
extension IgnorePattern {
    /// A pattern from a line; nil when the line says nothing.
    ///
    /// - Throws: ``ContextError`` (`pattern`) where moby refuses the build.
    static func docker(
        _ line: [UInt8], line number: Int, file: [UInt8]?
    ) throws(ContextError) -> IgnorePattern? {
        var text = Whitespace.trimmed(line[...])
        if text.isEmpty { return nil }
        let isException = text.first == UInt8(ascii: "!")
        if isException { text = Whitespace.trimmed(text.dropFirst()) }
        var cleaned = text.isEmpty ? [] : CleanPath.clean(text)
        if cleaned.count > 1, cleaned[0] == UInt8(ascii: "/") { cleaned.removeFirst() }
        // `!/` and a bare `!` end up as an exception to nothing, which moby refuses.
        if isException && (cleaned.isEmpty || cleaned == [UInt8(ascii: "/")]) {
            throw ContextError(
                .pattern,
                "cannot use the pattern ! in \(ContextError.place(file, number)): it names nothing; "
                    + "write what is to be kept after the !")
        }
        // The list is cleaned a second time as a whole, which only shows where `!` is followed by white space inside.
        guard DockerGlob.isWellFormed(cleaned), let glob = DockerGlob(cleaned) else {
            throw ContextError(
                .pattern,
                "cannot use the pattern \(ContextError.show(Array(text))) in "
                    + "\(ContextError.place(file, number)): it is malformed; check its brackets and backslashes")
        }
        let mark = isException ? [UInt8(ascii: "!")] : []
        return IgnorePattern(
            text: mark + cleaned, line: number, isInclude: isException, directoriesOnly: false,
            shape: .docker(glob))
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
