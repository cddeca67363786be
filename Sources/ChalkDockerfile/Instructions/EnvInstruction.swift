/// A name and its value, in ENV and LABEL.
package struct NamedValue: Sendable, Equatable {
    package var name: String
    package var value: String

    package init(name: String, value: String) {
        self.name = name
        self.value = value
    }

    static func pairs(_ source: InstructionSource) throws(DockerfileError) -> [NamedValue] {
        _ = try InstructionFlags(source, [:])
        try source.requireWords("NAME=value")
        let words = source.words
        var pairs: [NamedValue] = []
        for index in stride(from: 0, to: words.count - 1, by: 3) {
            guard !words[index].isEmpty else {
                throw source.failure(
                    .value, "a name of \(source.keyword) is empty; write \(source.keyword) NAME=value")
            }
            pairs.append(NamedValue(name: words[index], value: words[index + 1]))
        }
        return pairs
    }

    func expanding(_ expander: WordExpander) throws(DockerfileError) -> NamedValue {
        NamedValue(name: try expander.word(name), value: try expander.word(value))
    }
}

/// `ENV NAME=value …` or `ENV NAME value`: environment of later steps and of containers.
package struct EnvInstruction: Sendable, Equatable {
    package var variables: [NamedValue]

    package init(_ variables: [NamedValue]) {
        self.variables = variables
    }

    init(_ source: InstructionSource) throws(DockerfileError) {
        variables = try NamedValue.pairs(source)
    }

    func expanding(_ expander: WordExpander) throws(DockerfileError) -> EnvInstruction {
        var expanded: [NamedValue] = []
        for variable in variables {
            let pair = try variable.expanding(expander)
            guard !pair.name.isEmpty else {
                throw DockerfileError(.value, "the name \(variable.name) of ENV is empty after expansion")
            }
            expanded.append(pair)
        }
        return EnvInstruction(expanded)
    }
}
