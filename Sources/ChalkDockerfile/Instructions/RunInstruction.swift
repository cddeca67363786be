/// `RUN [flags] command`.
package struct RunInstruction: Sendable, Equatable {
    package enum Network: String, Sendable, CaseIterable {
        case `default`
        case none
        case host
    }

    package enum Security: String, Sendable, CaseIterable {
        case sandbox
        case insecure
    }

    /// What to run, here-documents put in their places.
    package enum Step: Sendable, Equatable {
        /// Text for the shell in force.
        case shell(String)
        /// The arguments as they are.
        case exec([String])
        /// A here-document that begins with `#!`: a file with mode 0755 that the shell in force is to run.
        case script(name: String, contents: String)
    }

    package var command: CommandLine
    /// Bodies are valid UTF-8. Variables in them are left to the shell, quoted delimiter or not.
    package var heredocs: [Heredoc] = []
    package var mounts: [RunMountFlag] = []
    package var network = Network.default
    package var security = Security.sandbox
    package var devices: [RunDevice] = []

    package init(command: CommandLine) {
        self.command = command
    }

    init(_ source: InstructionSource) throws(DockerfileError) {
        let flags = try InstructionFlags(
            source, ["mount": .strings, "network": .string, "security": .string, "device": .strings])
        command = source.commandLine
        heredocs = source.syntax.heredocs
        for heredoc in heredocs where String(validating: heredoc.content, as: UTF8.self) == nil {
            throw source.failure(
                .heredoc, "the here-document \(heredoc.name) of RUN is not valid UTF-8; COPY binary files")
        }
        do throws(DockerfileError) {
            for text in flags.strings("mount") {
                mounts.append(try RunMountFlag(text, escape: source.escape))
            }
            for text in flags.strings("device") { devices.append(try RunDevice(text)) }
        } catch {
            throw source.located(error)
        }
        for value in flags.strings("network") {
            guard let network = Network(rawValue: value) else {
                throw source.failure(
                    .flag, "--network of RUN must be default, none or host, not \"\(value)\"")
            }
            self.network = network
        }
        for value in flags.strings("security") {
            guard let security = Security(rawValue: value) else {
                throw source.failure(.flag, "--security of RUN must be sandbox or insecure, not \"\(value)\"")
            }
            self.security = security
        }
    }

    /// The command with its here-documents: a sole one is the script itself, several go to the shell as
    /// written.
    package var step: Step {
        guard case .shell(let text) = command, let first = heredocs.first else {
            switch command {
            case .shell(let text): return .shell(text)
            case .exec(let arguments): return .exec(arguments)
            }
        }
        if heredocs.count == 1, (try? Heredoc.announced(by: text)) ?? nil != nil {
            let body = String(decoding: first.chompedContent, as: UTF8.self)
            return body.utf8.starts(with: "#!".utf8)
                ? .script(name: first.name, contents: body) : .shell(body)
        }
        var script = text
        for heredoc in heredocs {
            script += "\n" + String(decoding: heredoc.content, as: UTF8.self) + heredoc.name
        }
        return .shell(script)
    }

    func expanding(_ expander: WordExpander) throws(DockerfileError) -> RunInstruction {
        var copy = self
        copy.mounts = []
        for mount in mounts { copy.mounts.append(try mount.expanding(expander)) }
        return copy
    }
}
