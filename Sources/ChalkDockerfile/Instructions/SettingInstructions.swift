/// `USER name|uid[:group|gid]`.
package struct UserInstruction: Sendable, Equatable {
    package var user: String

    package init(user: String) {
        self.user = user
    }

    init(_ source: InstructionSource) throws(DockerfileError) {
        user = try source.onlyWord("a user and perhaps :group")
        _ = try InstructionFlags(source, [:])
    }

    func expanding(_ expander: WordExpander) throws(DockerfileError) -> UserInstruction {
        UserInstruction(user: try expander.word(user))
    }
}

/// `WORKDIR path`, absolute or relative to the directory in force.
package struct WorkdirInstruction: Sendable, Equatable {
    package var path: String

    package init(path: String) {
        self.path = path
    }

    init(_ source: InstructionSource) throws(DockerfileError) {
        path = try source.onlyWord("a directory")
        _ = try InstructionFlags(source, [:])
    }

    func expanding(_ expander: WordExpander) throws(DockerfileError) -> WorkdirInstruction {
        WorkdirInstruction(path: try expander.word(path))
    }
}

/// `STOPSIGNAL name|number`. Whether the signal exists is for the platform to say.
package struct StopSignalInstruction: Sendable, Equatable {
    package var signal: String

    package init(signal: String) {
        self.signal = signal
    }

    init(_ source: InstructionSource) throws(DockerfileError) {
        signal = try source.onlyWord("a signal")
        _ = try InstructionFlags(source, [:])
    }

    func expanding(_ expander: WordExpander) throws(DockerfileError) -> StopSignalInstruction {
        StopSignalInstruction(signal: try expander.word(signal))
    }
}

/// `VOLUME path …` or `VOLUME ["path", …]`.
package struct VolumeInstruction: Sendable, Equatable {
    package var paths: [String]

    package init(paths: [String]) {
        self.paths = paths
    }

    init(_ source: InstructionSource) throws(DockerfileError) {
        try source.requireWords("a directory")
        _ = try InstructionFlags(source, [:])
        paths = source.words.map { word in
            let scalars = Array(word.unicodeScalars)
            let start = scalars.firstIndex { !$0.isSpace } ?? scalars.count
            let end = (scalars.lastIndex { !$0.isSpace } ?? start - 1) + 1
            return String(scalars: scalars[start..<end])
        }
        if paths.contains("") { throw source.failure(.value, "a directory of VOLUME is empty; name one") }
    }

    func expanding(_ expander: WordExpander) throws(DockerfileError) -> VolumeInstruction {
        let expanded = VolumeInstruction(paths: try expander.each(paths))
        if let index = expanded.paths.firstIndex(of: "") {
            throw DockerfileError(
                .value, "the directory \(paths[index]) of VOLUME is empty after expansion; set the variable")
        }
        return expanded
    }
}

/// `SHELL ["program", "argument", …]`: runs the shell forms of later instructions. JSON only.
package struct ShellInstruction: Sendable, Equatable {
    /// Never empty.
    package var arguments: [String]

    package init(arguments: [String]) {
        self.arguments = arguments
    }

    init(_ source: InstructionSource) throws(DockerfileError) {
        _ = try InstructionFlags(source, [:])
        try source.requireWords("as in SHELL [\"/bin/sh\", \"-c\"]")
        guard source.syntax.isJSON else {
            throw source.failure(.json, "SHELL must be a JSON array, as in SHELL [\"/bin/sh\", \"-c\"]")
        }
        arguments = source.words
    }
}
