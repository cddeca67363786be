/// A file whose contents stand in the Dockerfile: a here-document as a source of COPY or ADD.
package struct InlineFile: Sendable, Equatable {
    /// The file's name at the destination: the delimiter of the here-document. Never expanded.
    package var name: String
    /// Leading tabs already dropped for `<<-`.
    package var contents: [UInt8]
    /// Whether variables in the contents are still to be expanded.
    package var expands: Bool

    package init(name: String, contents: [UInt8], expands: Bool = false) {
        self.name = name
        self.contents = contents
        self.expands = expands
    }
}

/// Sources and destination of COPY and ADD. All paths are copied first, in order, then all inline files.
package struct CopyOperands: Sendable, Equatable {
    /// Paths with wildcards; for ADD also URLs and git repositories.
    package var paths: [String]
    package var inlineFiles: [InlineFile]
    package var destination: String

    package init(paths: [String], inlineFiles: [InlineFile] = [], destination: String) {
        self.paths = paths
        self.inlineFiles = inlineFiles
        self.destination = destination
    }

    init(_ source: InstructionSource) throws(DockerfileError) {
        let words = source.words
        guard words.count > 1, let destination = words.last else {
            throw source.failure(.arguments, "\(source.keyword) needs at least one source and a destination")
        }
        self.destination = destination
        paths = []
        inlineFiles = []
        if Self.heredoc(destination) != nil {
            throw source.failure(.heredoc, "\(source.keyword) cannot have a here-document as its destination")
        }
        if source.syntax.isJSON {
            // BuildKit reads "<<EOF" as an announcement here too, then copies an empty file.
            paths = Array(words.dropLast())
            return
        }
        var bodies = source.syntax.heredocs[...]
        for word in words.dropLast() {
            guard let announced = Self.heredoc(word) else {
                paths.append(word)
                continue
            }
            guard let heredoc = bodies.popFirst(), heredoc.name == announced.name else {
                throw source.failure(
                    .heredoc,
                    "the here-document \(announced.name) of \(source.keyword) has no body; "
                        + "check the line's quotes"
                )
            }
            inlineFiles.append(
                InlineFile(name: heredoc.name, contents: heredoc.chompedContent, expands: heredoc.expands))
        }
        if let heredoc = bodies.first {
            throw source.failure(
                .heredoc,
                "the here-document \(heredoc.name) is no source of \(source.keyword); "
                    + "write <<\(heredoc.name) as one word"
            )
        }
    }

    private static func heredoc(_ word: String) -> Heredoc? {
        (try? Heredoc.announced(by: word)) ?? nil
    }

    func expanding(_ expander: WordExpander) throws(DockerfileError) -> CopyOperands {
        var copy = self
        copy.paths = try expander.each(paths)
        copy.destination = try expander.word(destination)
        for (index, file) in inlineFiles.enumerated() where file.expands {
            copy.inlineFiles[index].contents = try expander.body(file.contents)
            copy.inlineFiles[index].expands = false
        }
        return copy
    }
}
