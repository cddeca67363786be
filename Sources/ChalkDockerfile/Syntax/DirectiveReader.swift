/// Reads `# name=value` lines until the first line that is none.
struct DirectiveReader {
    private(set) var isDone: Bool
    private(set) var directives: [ParserDirective] = []

    init(isDone: Bool) {
        self.isDone = isDone
    }

    /// Offers one line without its end and leading white space.
    mutating func read(
        _ line: ArraySlice<UInt8>, number: Int
    ) throws(DockerfileError) -> ParserDirective? {
        guard !isDone else { return nil }
        guard let (key, value) = Self.split(line), let name = ParserDirective.Name(rawValue: key) else {
            isDone = true
            return nil
        }
        guard !directives.contains(where: { $0.name == name }) else {
            throw DockerfileError(.directive, "the \(key) directive is given twice; keep one")
        }
        let directive = ParserDirective(name: name, value: value, line: number)
        directives.append(directive)
        return directive
    }

    /// Name in lower case and value of a comment that is written as a directive.
    static func split(_ line: ArraySlice<UInt8>) -> (key: String, value: String)? {
        guard line.first == UInt8(ascii: "#"),
            let text = String(validating: line.dropFirst(), as: UTF8.self)
        else { return nil }
        var rest = text.unicodeScalars[...]
        while let first = rest.first, first.isSpace { rest.removeFirst() }
        let key = rest.prefix { $0.isASCII && ($0.properties.isAlphabetic || ("0"..."9").contains($0)) }
        guard let initial = key.first, initial.properties.isAlphabetic else { return nil }
        rest = rest.dropFirst(key.count)
        while let first = rest.first, isPlainSpace(first) { rest.removeFirst() }
        guard rest.popFirst() == "=", let last = rest.last else { return nil }
        // A value of blanks only is its last blank: wrong, but not absent.
        if rest.allSatisfy(isPlainSpace) { return (String(key).lowercased(), String(Character(last))) }
        while let first = rest.first, isPlainSpace(first) { rest.removeFirst() }
        while let final = rest.last, isPlainSpace(final) { rest.removeLast() }
        return (String(key).lowercased(), String(rest))
    }

    private static func isPlainSpace(_ scalar: Unicode.Scalar) -> Bool {
        scalar == " " || scalar == "\t" || scalar == "\u{0C}" || scalar == "\r" || scalar == "\n"
    }
}
