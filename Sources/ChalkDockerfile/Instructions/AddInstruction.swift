/// `ADD [flags] source … destination`: COPY that also fetches URLs and git repositories and unpacks archives.
package struct AddInstruction: Sendable, Equatable {
    package var operands: CopyOperands
    /// `user[:group]`, names or numbers.
    package var chown: String?
    /// Octal or symbolic.
    package var chmod: String?
    /// `algorithm:hex`, for one URL or repository.
    package var checksum: String?
    package var link = false
    /// Nil where not said: a repository then comes without its `.git`.
    package var keepGitDirectory: Bool?
    /// Nil where not said: local archives are then unpacked, remote ones are not.
    package var unpack: Bool?
    /// Patterns of what not to add. Never expanded.
    package var excludes: [String] = []

    package init(operands: CopyOperands) {
        self.operands = operands
    }

    init(_ source: InstructionSource) throws(DockerfileError) {
        operands = try CopyOperands(source)
        let flags = try InstructionFlags(
            source,
            [
                "chown": .string, "chmod": .string, "link": .bool, "keep-git-dir": .bool, "checksum": .string,
                "unpack": .bool, "exclude": .strings,
            ])
        chown = flags.string("chown")
        chmod = flags.string("chmod")
        checksum = flags.string("checksum")
        link = flags.bool("link") ?? false
        keepGitDirectory = flags.bool("keep-git-dir")
        unpack = flags.bool("unpack")
        excludes = flags.strings("exclude")
    }

    func expanding(_ expander: WordExpander) throws(DockerfileError) -> AddInstruction {
        var copy = self
        copy.chown = try expander.word(chown)
        copy.chmod = try expander.word(chmod)
        copy.checksum = try expander.word(checksum)
        copy.operands = try operands.expanding(expander)
        return copy
    }
}
