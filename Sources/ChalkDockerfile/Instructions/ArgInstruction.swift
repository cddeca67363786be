/// `ARG NAME[=default] …`: variables that the build may set.
package struct ArgInstruction: Sendable, Equatable {
    package struct Argument: Sendable, Equatable {
        package var name: String
        /// Nil when none is written; an empty default is a default.
        package var defaultValue: String?

        package init(name: String, defaultValue: String? = nil) {
            self.name = name
            self.defaultValue = defaultValue
        }

        /// The default with its variables replaced; nil when there is none.
        ///
        /// The arguments of one ARG see the ones before them, so a build expands them one by one, and only
        /// those that no build argument overrides.
        package func expandedDefault(
            with lookup: @escaping (String) -> String?, escape: EscapeCharacter = .backslash
        ) throws(DockerfileError) -> String? {
            guard let defaultValue else { return nil }
            return try WordLexer(escape: escape).word(defaultValue, lookup: lookup).text
        }
    }

    package var arguments: [Argument]

    package init(_ arguments: [Argument]) {
        self.arguments = arguments
    }

    init(_ source: InstructionSource) throws(DockerfileError) {
        _ = try InstructionFlags(source, [:])
        try source.requireWords("a name")
        var arguments: [Argument] = []
        for word in source.words {
            guard let equals = word.unicodeScalars.firstIndex(of: "=") else {
                arguments.append(Argument(name: word))
                continue
            }
            let name = String(word.unicodeScalars[..<equals])
            guard !name.isEmpty else {
                throw source.failure(.value, "a name of ARG is empty; write ARG NAME=value")
            }
            let value = String(word.unicodeScalars[equals...].dropFirst())
            arguments.append(Argument(name: name, defaultValue: value))
        }
        self.arguments = arguments
    }

    func expanding(_ expander: WordExpander) throws(DockerfileError) -> ArgInstruction {
        var copy = self
        for (index, argument) in arguments.enumerated() {
            guard let value = argument.defaultValue else { continue }
            copy.arguments[index].defaultValue = try expander.word(value) as String
        }
        return copy
    }
}
