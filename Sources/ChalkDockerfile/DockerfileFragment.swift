/// Instructions that continue a stage which is defined elsewhere: what `dockerfileCommands` takes.
package struct DockerfileFragment: Sendable, Equatable {
    package let syntax: DockerfileSyntax
    /// What belongs to the stage that is being continued.
    package let instructions: [ParsedInstruction]
    /// A FROM in a fragment begins a stage, as it would in the text; indexes count from 0 in the fragment.
    package let stages: [Stage]

    /// Parses lines that are joined by line feeds: an instruction may span several, as may a string.
    ///
    /// Directives are comments here, and no instruction need be there. Line numbers in errors count the
    /// joined lines.
    package static func parse(
        _ lines: [String], name: String, escape: EscapeCharacter = .backslash
    ) throws(DockerfileError) -> DockerfileFragment {
        let bytes = Array(lines.joined(separator: "\n").utf8)
        let syntax = try DockerfileSyntax.parseFragment(bytes, name: name, escape: escape)
        var builder = StageBuilder(allowsLeading: true)
        for instruction in syntax.instructions {
            try builder.add(ParsedInstruction(instruction, file: name, escape: escape))
        }
        return DockerfileFragment(syntax: syntax, instructions: builder.leading, stages: builder.stages)
    }
}

extension Dockerfile {
    /// The file with lines added behind its last instruction; what was there keeps its bytes.
    ///
    /// Only a continuation that dangles at the end of the file loses its escape character, since it would
    /// swallow the first added line. The escape character in force holds for the added lines too.
    package func appending(_ lines: [String]) throws(DockerfileError) -> Dockerfile {
        guard !lines.isEmpty else { return self }
        var text = syntax.bytes
        if let dangling = syntax.danglingEscape { text.remove(at: dangling) }
        if let last = text.last, last != UInt8(ascii: "\n") { text.append(UInt8(ascii: "\n")) }
        text += Array(lines.joined(separator: "\n").utf8)
        if text.last != UInt8(ascii: "\n") { text.append(UInt8(ascii: "\n")) }
        return try Dockerfile.parse(text, name: name)
    }
}

extension DockerfileSyntax {
    /// The offset of an escape character that continues the last instruction past the end of the file.
    var danglingEscape: Int? {
        guard let last = instructions.last, last.heredocs.isEmpty,
            case .instruction? = elements.last?.kind, let element = elements.last
        else { return nil }
        var offset = element.bytes.lowerBound
        var dangling: Int?
        while offset < element.bytes.upperBound {
            let rest = bytes[offset..<element.bytes.upperBound]
            let end = rest.firstIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? rest.endIndex
            let line = bytes.trimmingNewline(offset..<end)
            offset = end
            // Blank lines and comments within a continuation leave it open.
            if bytes.isComment(line) || bytes.leadingSpaceCount(in: line) == line.count { continue }
            dangling = bytes.continuation(in: line, escape: escape)
        }
        return dangling
    }
}
