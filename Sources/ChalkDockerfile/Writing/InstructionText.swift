/// The text of one instruction, checked by reading it back.
struct InstructionText {
    let shell: [String]

    func text(_ instruction: Instruction) throws(DockerfileError) -> String {
        if let command = commandLine(of: instruction) {
            return try commandText(instruction, command)
        }
        let written = try spelled(instruction)
        return try folded(written, means: instruction)
    }

    // MARK: Commands

    private func commandLine(of instruction: Instruction) -> CommandLine? {
        switch instruction {
        case .run(let payload): payload.heredocs.isEmpty ? payload.command : nil
        case .cmd(let payload): payload.command
        case .entrypoint(let payload): payload.command
        default: nil
        }
    }

    private func with(_ command: CommandLine, in instruction: Instruction) -> Instruction {
        switch instruction {
        case .run(var payload):
            payload.command = command
            return .run(payload)
        case .cmd: return .cmd(CmdInstruction(command: command))
        case .entrypoint: return .entrypoint(EntrypointInstruction(command: command))
        default: return instruction
        }
    }

    private func commandText(
        _ instruction: Instruction, _ command: CommandLine
    ) throws(DockerfileError) -> String {
        let head = try self.head(instruction)
        guard case .shell(let text) = command else {
            guard case .exec(let arguments) = command else { throw unwritable(instruction) }
            return try folded("\(head) \(QuotedWord.json(arguments))", means: instruction)
        }
        // As it stands, where the reader gets the same text back. Buildah takes `[ "$x" ] && …` for an exec form.
        let plain = text.isEmpty ? head : "\(head) \(text)"
        let looksLikeJSON = ["[\"", "[]"].contains { text.filter { $0 != " " && $0 != "\t" }.hasPrefix($0) }
        if !looksLikeJSON, !text.utf8.contains(UInt8(ascii: "\n")),
            let line = try? folded(plain, means: instruction)
        {
            return line
        }
        // A shell's own continuations are the reader's too: joined by either, the command is the same.
        if !looksLikeJSON, let joined = ShellContinuations.joined(text),
            (try? readBack(plain + "\n")) == comparable(with(.shell(joined), in: instruction)), fits(plain)
        {
            return plain + "\n"
        }
        let exec = CommandLine.exec(shell + [text])
        return try folded(
            "\(head) \(QuotedWord.json(shell + [text]))", means: with(exec, in: instruction))
    }

    /// Keyword and flags.
    private func head(_ instruction: Instruction) throws(DockerfileError) -> String {
        guard case .run(let payload) = instruction else { return instruction.keyword }
        var flags: [String] = []
        for flag in payload.mounts {
            flags.append("--mount=" + QuotedWord.flag(flag.mount?.text ?? flag.text))
        }
        if payload.network != .default { flags.append("--network=\(payload.network.rawValue)") }
        if payload.security != .sandbox { flags.append("--security=\(payload.security.rawValue)") }
        for device in payload.devices {
            let required = device.isRequired ? ",required" : ""
            flags.append("--device=" + QuotedWord.flag("name=\(device.name)\(required)"))
        }
        return (["RUN"] + flags).joined(separator: " ")
    }

    // MARK: Everything else

    private func spelled(_ instruction: Instruction) throws(DockerfileError) -> String {
        let keyword = instruction.keyword
        switch instruction {
        case .from(let payload):
            let platform = payload.platform.map { "--platform=\(QuotedWord.flag($0)) " } ?? ""
            return "FROM \(platform)\(payload.base)" + (payload.alias.map { " AS \($0)" } ?? "")
        case .arg(let payload):
            let words = payload.arguments.map { argument in
                argument.name + (argument.defaultValue.map { "=" + QuotedWord.expanded($0) } ?? "")
            }
            return "ARG " + words.joined(separator: " ")
        case .env(let payload): return "ENV " + pairs(payload.variables)
        case .label(let payload): return "LABEL " + pairs(payload.labels)
        case .copy(let payload): return try copy(keyword, flags(payload), payload.operands)
        case .add(let payload): return try copy(keyword, flags(payload), payload.operands)
        case .expose(let payload): return "EXPOSE " + payload.ports.joined(separator: " ")
        case .volume(let payload): return "VOLUME " + QuotedWord.jsonExpanded(payload.paths)
        case .user(let payload): return "USER " + QuotedWord.expanded(payload.user)
        case .workdir(let payload): return "WORKDIR " + QuotedWord.expanded(payload.path)
        case .stopSignal(let payload): return "STOPSIGNAL " + QuotedWord.expanded(payload.signal)
        case .healthcheck(let payload): return healthcheck(payload)
        case .shell(let payload): return "SHELL " + QuotedWord.json(payload.arguments)
        case .onbuild(let payload): return "ONBUILD \(payload.expression)"
        case .maintainer(let payload): return "MAINTAINER \(payload.author)"
        case .run(let payload): return try heredocRun(payload)
        case .cmd, .entrypoint: throw unwritable(instruction)
        }
    }

    private func pairs(_ values: [NamedValue]) -> String {
        values.map { "\(QuotedWord.expanded($0.name))=\(QuotedWord.expanded($0.value))" }
            .joined(separator: " ")
    }

    /// A flag whose value is expanded after the flag's own quotes are gone.
    private func expandedFlag(_ name: String, _ value: String?) -> [String] {
        guard let value else { return [] }
        return ["--\(name)=" + QuotedWord.flag(QuotedWord.escaping(value, "\"'$\\"))]
    }

    private func flags(_ payload: CopyInstruction) -> [String] {
        var flags = payload.from.map { ["--from=" + QuotedWord.flag($0)] } ?? []
        flags += expandedFlag("chown", payload.chown) + expandedFlag("chmod", payload.chmod)
        if payload.link { flags.append("--link") }
        if payload.parents { flags.append("--parents") }
        return flags + payload.excludes.map { "--exclude=" + QuotedWord.flag($0) }
    }

    private func flags(_ payload: AddInstruction) -> [String] {
        var flags = expandedFlag("chown", payload.chown) + expandedFlag("chmod", payload.chmod)
        flags += expandedFlag("checksum", payload.checksum)
        if payload.link { flags.append("--link") }
        if let keep = payload.keepGitDirectory { flags.append("--keep-git-dir=\(keep)") }
        if let unpack = payload.unpack { flags.append("--unpack=\(unpack)") }
        return flags + payload.excludes.map { "--exclude=" + QuotedWord.flag($0) }
    }

    private func copy(
        _ keyword: String, _ flags: [String], _ operands: CopyOperands
    ) throws(DockerfileError) -> String {
        let head = ([keyword] + flags).joined(separator: " ")
        let words = operands.paths + [operands.destination]
        guard !operands.inlineFiles.isEmpty else {
            return words.allSatisfy(QuotedWord.isPlain)
                ? "\(head) \(words.joined(separator: " "))" : "\(head) \(QuotedWord.jsonExpanded(words))"
        }
        // Here-documents have no JSON form; what then needs quotes is found out by reading back.
        let sources = operands.paths.map { QuotedWord.escaping($0, "\"'$\\") }
        let announced = operands.inlineFiles.map { "<<" + ($0.expands ? $0.name : "\"\($0.name)\"") }
        let line = ([head] + sources + announced + [QuotedWord.escaping(operands.destination, "\"'$\\")])
            .joined(separator: " ")
        var bodies = ""
        for file in operands.inlineFiles {
            guard let body = String(validating: file.contents, as: UTF8.self) else {
                throw DockerfileError(.unwritable, "a file in the text of \(keyword) is not valid UTF-8")
            }
            bodies += "\n" + body + file.name
        }
        return line + bodies
    }

    private func heredocRun(_ payload: RunInstruction) throws(DockerfileError) -> String {
        guard case .shell(let text) = payload.command else { throw unwritable(.run(payload)) }
        var written = try head(.run(payload)) + " " + text
        for heredoc in payload.heredocs {
            written += "\n" + String(decoding: heredoc.content, as: UTF8.self) + heredoc.name
        }
        return written
    }

    private func healthcheck(_ payload: HealthcheckInstruction) -> String {
        var words = ["HEALTHCHECK"]
        let times = [
            ("interval", payload.interval), ("timeout", payload.timeout),
            ("start-period", payload.startPeriod),
            ("start-interval", payload.startInterval),
        ]
        for (name, nanoseconds) in times where nanoseconds != 0 {
            words.append("--\(name)=" + DurationText.text(nanoseconds))
        }
        if payload.retries != 0 { words.append("--retries=\(payload.retries)") }
        switch payload.test.first {
        case "NONE": words.append("NONE")
        case "CMD": words += ["CMD", QuotedWord.json(Array(payload.test.dropFirst()))]
        default: words += ["CMD"] + payload.test.dropFirst()
        }
        return words.joined(separator: " ")
    }

    // MARK: Reading back

    /// The line, broken where it is too long; an error unless it reads back as `instruction`.
    private func folded(
        _ written: String, means instruction: Instruction
    ) throws(DockerfileError) -> String {
        guard let text = LineFolding.folded(written), let back = try? readBack(text + "\n"),
            back == comparable(instruction)
        else { throw unwritable(instruction) }
        return text + "\n"
    }

    /// What the reader makes of a text: one instruction, variables expanded with none set.
    private func readBack(_ text: String) throws(DockerfileError) -> Instruction {
        let fragment = try DockerfileFragment.parse([text], name: "written")
        guard let parsed = fragment.instructions.first ?? fragment.stages.first?.opening,
            fragment.instructions.count + fragment.stages.count == 1
        else { throw DockerfileError(.unwritable, "the text is not one instruction") }
        return comparable(try parsed.instruction.expanding(with: { _ in nil }))
    }

    /// Without what only a place in a file has, and with the order that the reader gives.
    private func comparable(_ instruction: Instruction) -> Instruction {
        switch instruction {
        case .run(var payload):
            payload.heredocs = payload.heredocs.map(\.unplaced)
            payload.mounts = payload.mounts.map { flag in
                flag.mount.map { RunMountFlag($0, text: "") } ?? flag
            }
            return .run(payload)
        case .expose(let payload):
            return .expose(
                ExposeInstruction(
                    ports: payload.ports.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }))
        default: return instruction
        }
    }

    private func fits(_ text: String) -> Bool {
        LineFolding.folded(text) == text
    }

    private func unwritable(_ instruction: Instruction) -> DockerfileError {
        let detail =
            switch instruction {
            case .env(let payload): " " + payload.variables.map(\.name).joined(separator: ", ")
            case .label(let payload): " " + payload.labels.map(\.name).joined(separator: ", ")
            case .arg(let payload): " " + payload.arguments.map(\.name).joined(separator: ", ")
            default: ""
            }
        return DockerfileError(
            .unwritable,
            "no Dockerfile text can say this \(instruction.keyword)\(detail); "
                + "change its value, for example a line feed"
        )
    }
}

extension Heredoc {
    fileprivate var unplaced: Heredoc {
        Heredoc(
            name: name, fileDescriptor: fileDescriptor, expands: expands, chomps: chomps, content: content,
            range: nil)
    }
}
