/// `CMD command` or `CMD ["program", …]`: the default command of containers.
package struct CmdInstruction: Sendable, Equatable {
    package var command: CommandLine

    package init(command: CommandLine) {
        self.command = command
    }

    init(_ source: InstructionSource) throws(DockerfileError) {
        _ = try InstructionFlags(source, [:])
        command = source.commandLine
    }
}

/// `ENTRYPOINT command` or `ENTRYPOINT ["program", …]`; `[]` takes an inherited one away.
package struct EntrypointInstruction: Sendable, Equatable {
    package var command: CommandLine

    package init(command: CommandLine) {
        self.command = command
    }

    init(_ source: InstructionSource) throws(DockerfileError) {
        _ = try InstructionFlags(source, [:])
        command = source.commandLine
    }
}

/// `ONBUILD instruction`: kept in the image, run by the builds that start from it.
package struct OnbuildInstruction: Sendable, Equatable {
    /// The trigger as text, continuations joined, here-documents behind it; this is what the image config
    /// keeps.
    package var expression: String

    package init(expression: String) {
        self.expression = expression
    }

    init(_ source: InstructionSource) throws(DockerfileError) {
        guard let trigger = source.syntax.trigger.first else {
            throw source.failure(.arguments, "ONBUILD needs an instruction")
        }
        _ = try InstructionFlags(source, [:])
        let keyword = trigger.keyword.text.uppercased()
        if keyword == "ONBUILD" {
            throw source.failure(.value, "ONBUILD cannot have ONBUILD as its trigger; write it once")
        }
        if keyword == "FROM" || keyword == "MAINTAINER" {
            throw source.failure(.value, "\(keyword) cannot be a trigger of ONBUILD")
        }
        var rest = source.syntax.text.unicodeScalars.drop(while: \.isSpace).dropFirst("ONBUILD".utf8.count)
        rest = rest.drop { $0.isSpace }
        var expression = String(rest)
        for heredoc in source.syntax.heredocs {
            guard let body = String(validating: heredoc.content, as: UTF8.self) else {
                throw source.failure(.heredoc, "the here-document of ONBUILD is not valid UTF-8")
            }
            expression += "\n" + body + heredoc.name
        }
        self.expression = expression
    }
}
