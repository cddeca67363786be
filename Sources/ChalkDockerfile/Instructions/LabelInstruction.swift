/// `LABEL NAME=value …` or `LABEL NAME value`: metadata of the image.
package struct LabelInstruction: Sendable, Equatable {
    package var labels: [NamedValue]

    package init(_ labels: [NamedValue]) {
        self.labels = labels
    }

    init(_ source: InstructionSource) throws(DockerfileError) {
        labels = try NamedValue.pairs(source)
    }

    func expanding(_ expander: WordExpander) throws(DockerfileError) -> LabelInstruction {
        var expanded: [NamedValue] = []
        for label in labels { expanded.append(try label.expanding(expander)) }
        return LabelInstruction(expanded)
    }
}

/// `MAINTAINER text`: the image's author. Deprecated in favour of a label.
package struct MaintainerInstruction: Sendable, Equatable {
    package var author: String

    package init(author: String) {
        self.author = author
    }

    init(_ source: InstructionSource) throws(DockerfileError) {
        author = try source.onlyWord("the author")
        _ = try InstructionFlags(source, [:])
    }
}
