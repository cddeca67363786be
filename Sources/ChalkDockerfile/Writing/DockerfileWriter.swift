/// Writes Dockerfile text from values, for readers from buildah 1.28 to BuildKit.
///
/// Values are final: a `$`, a quote or a backslash in them means itself, and reading the text back (parser,
/// then expansion with no variable set) gives the same instruction. That is checked for everything written;
/// what no text can say, such as a line feed in ENV, is an `.unwritable` error. Lines stay under the readers'
/// limit of 64 KiB.
package struct DockerfileWriter: Sendable {
    /// What has been written so far; every instruction ends with a line feed.
    package private(set) var text = ""
    private let baseShell: [String]
    /// The shell in force, which a shell text becomes an exec form of when it needs one.
    private var shell: [String]

    /// - Parameter baseShell: the shell of the base images, where they have one of their own.
    package init(baseShell: [String] = ["/bin/sh", "-c"]) {
        self.baseShell = baseShell
        shell = baseShell
    }

    /// Writes an instruction with final values.
    ///
    /// RUN, CMD, ENTRYPOINT: a shell text that cannot stand on one line becomes the exec form of the shell in
    /// force.
    ///
    /// - Throws: `.unwritable`, naming the instruction but no value of it.
    package mutating func append(_ instruction: Instruction) throws(DockerfileError) {
        text += try InstructionText(shell: shell).text(instruction)
        switch instruction {
        case .from: shell = baseShell
        case .shell(let payload): shell = payload.arguments
        default: break
        }
    }

    /// Writes one ENV for each variable, in order.
    package mutating func appendEnvironment(_ variables: [NamedValue]) throws(DockerfileError) {
        for variable in variables { try append(.env(EnvInstruction([variable]))) }
    }

    /// Writes text as it is, such as the user's own instructions; a line feed is added where it lacks one.
    ///
    /// A SHELL in it is not seen: `append` the SHELLs that later shell texts depend on.
    package mutating func appendVerbatim(_ lines: String) {
        if lines.isEmpty { return }
        text += lines
        if lines.utf8.last != UInt8(ascii: "\n") { text += "\n" }
    }

    /// Writes comment lines, one for each line of `comment`.
    ///
    /// The very first line of a file must not look like a directive: the comment then follows an empty `#`.
    package mutating func appendComment(_ comment: String) {
        if text.isEmpty { text += "#\n" }
        for line in comment.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            text += line.isEmpty ? "#\n" : "# \(line)\n"
        }
    }
}
