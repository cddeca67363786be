/// `COPY [flags] source … destination`.
package struct CopyInstruction: Sendable, Equatable {
    package var operands: CopyOperands
    /// A stage by name or number, a named context, or an image. Variables are refused, as in BuildKit.
    package var from: String?
    /// `user[:group]`, names or numbers.
    package var chown: String?
    /// Octal or symbolic.
    package var chmod: String?
    package var link = false
    /// Keep the sources' parent directories.
    package var parents = false
    /// Patterns of what not to copy. Never expanded.
    package var excludes: [String] = []

    package init(operands: CopyOperands) {
        self.operands = operands
    }

    init(_ source: InstructionSource) throws(DockerfileError) {
        operands = try CopyOperands(source)
        let flags = try InstructionFlags(
            source,
            [
                "chown": .string, "from": .string, "chmod": .string, "link": .bool, "exclude": .strings,
                "parents": .bool,
            ])
        from = flags.string("from")
        chown = flags.string("chown")
        chmod = flags.string("chmod")
        link = flags.bool("link") ?? false
        parents = flags.bool("parents") ?? false
        excludes = flags.strings("exclude")
        if let from {
            let expanded = try? WordLexer(escape: source.escape).word(from, lookup: { _ in nil }).text
            guard expanded == from else {
                throw source.failure(
                    .value,
                    "--from of COPY cannot use variables or quotes; name a stage with FROM and copy from that"
                )
            }
        }
    }

    func expanding(_ expander: WordExpander) throws(DockerfileError) -> CopyInstruction {
        var copy = self
        copy.chown = try expander.word(chown)
        copy.chmod = try expander.word(chmod)
        copy.operands = try operands.expanding(expander)
        return copy
    }
}
