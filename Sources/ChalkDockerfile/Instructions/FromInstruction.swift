/// `FROM [--platform=P] BASE [AS NAME]`: begins a stage.
package struct FromInstruction: Sendable, Equatable {
    /// An image reference, `scratch`, or the name of an earlier stage.
    package var base: String
    /// `os/arch[/variant]`.
    package var platform: String?
    /// The stage's name in lower case.
    package var alias: String?

    package init(base: String, platform: String? = nil, alias: String? = nil) {
        self.base = base
        self.platform = platform
        self.alias = alias
    }

    init(_ source: InstructionSource) throws(DockerfileError) {
        let words = source.words
        guard words.count == 1 || words.count == 3 && words[1].lowercased() == "as" else {
            throw source.failure(.arguments, "FROM is written FROM image or FROM image AS name")
        }
        base = words[0]
        if words.count == 3 {
            let name = words[2].lowercased()
            guard Self.isStageName(name) else {
                throw source.failure(
                    .value,
                    "\"\(words[2])\" cannot name a stage; "
                        + "begin with a letter and go on with letters, digits, - _ ."
                )
            }
            alias = name
        }
        platform = try InstructionFlags(source, ["platform": .string]).string("platform")
    }

    static func isStageName(_ name: String) -> Bool {
        guard let first = name.unicodeScalars.first, ("a"..."z").contains(first) else { return false }
        return name.unicodeScalars.allSatisfy {
            ("a"..."z").contains($0) || ("0"..."9").contains($0) || $0 == "-" || $0 == "_" || $0 == "."
        }
    }

    func expanding(_ expander: WordExpander) throws(DockerfileError) -> FromInstruction {
        var copy = self
        copy.base = try expander.word(base)
        guard !copy.base.isEmpty else {
            throw DockerfileError(
                .value, "the base \(base) of FROM is empty after expansion; give the ARG a value before FROM")
        }
        if let platform {
            copy.platform = try expander.word(platform)
            guard copy.platform?.isEmpty == false else {
                throw DockerfileError(
                    .value, "the platform \(platform) of FROM is empty after expansion; give the ARG a value")
            }
        }
        return copy
    }
}
