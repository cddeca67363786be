internal import ChalkDockerfile
package import ChalkSpec

/// A spec as the text of a Dockerfile, with the files that the text copies.
///
/// Building it gives the same tree and config as building the spec: the order of instructions is that of
/// ``StageBuilder``.
package struct SpecDockerfile: Sendable {
    /// Something that the Dockerfile copies from beside itself.
    package struct Attachment: Hashable, Sendable {
        /// What it is.
        package enum Content: Hashable, Sendable {
            case bytes([UInt8])
            case lz4Frame([UInt8])
            case localFile(String)
            case localDirectory(String, exclude: [String])
        }

        /// Relative to the Dockerfile; for a directory the one that holds the content.
        package let path: String
        /// What it is.
        package let content: Content
        /// Permission bits; nil for those of the source.
        package let mode: UInt32?
    }

    /// The Dockerfile.
    package private(set) var text = ""
    /// In the order of the text.
    package private(set) var attachments: [Attachment] = []
    private var writer: DockerfileWriter
    private let directory: String

    /// Writes a spec.
    ///
    /// - Parameter directory: where attachments lie, relative to the Dockerfile.
    /// - Throws: `DockerfileError` for what no Dockerfile can say, ``PlanError`` for a step of a later version.
    package init(_ spec: ImageSpec, attachmentsIn directory: String = "files") throws {
        self.directory = directory
        writer = DockerfileWriter(baseShell: ["/bin/sh", "-c"])
        switch spec.base {
        case .reference(let base): try writer.append(.from(FromInstruction(base: base)))
        case .dockerfile(let source): writer.appendVerbatim(String(decoding: source.contents, as: UTF8.self))
        }
        try writer.appendEnvironment(spec.sortedEnv.map { NamedValue(name: $0.name, value: $0.value) })
        if let workdir = spec.workdir { try writer.append(.workdir(WorkdirInstruction(path: workdir))) }
        for (number, step) in spec.steps.enumerated() { try write(step, number) }
        if !spec.entrypoint.isEmpty {
            try writer.append(.entrypoint(EntrypointInstruction(command: .exec(spec.entrypoint))))
        }
        if !spec.cmd.isEmpty { try writer.append(.cmd(CmdInstruction(command: .exec(spec.cmd)))) }
        text = writer.text
    }

    private mutating func write(_ step: BuildStep, _ number: Int) throws {
        switch step.kind {
        case .runCommands(let commands):
            for command in commands { try writer.append(.run(RunInstruction(command: .shell(command)))) }
        case .pipInstall(let packages): try install(.pip(packages), number)
        case .uvPipInstall(let packages): try install(.uv(packages), number)
        case .pipInstallRequirements(let requirements): try install(.pip(requirements), number)
        case .uvPipInstallRequirements(let requirements): try install(.uv(requirements), number)
        case .aptInstall(let packages): try install(.apt(packages), number)
        case .addFile(let file):
            try copy(
                .bytes(file.content), named: name(of: file.destination), to: file.destination,
                file.mode ?? 0o644, number)
        case .addLocalFile(let file) where file.strategy == .copy:
            try copy(.localFile(file.src), named: name(of: file.dest), to: file.dest, file.mode, number)
        case .addLocalDir(let dir) where dir.strategy == .copy:
            let path = "\(directory)/\(number)"
            attachments.append(
                Attachment(path: path, content: .localDirectory(dir.src, exclude: dir.exclude), mode: nil))
            try copy(path + "/", to: dir.dest == "/" ? "/" : dir.dest + "/")
        case .addLocalFile(let file):
            writer.appendComment("\(file.dest) is mounted when the container starts (strategy \"volume\")")
        case .addLocalDir(let dir):
            writer.appendComment("\(dir.dest) is mounted when the container starts (strategy \"volume\")")
        case .dockerfileCommands(let lines): writer.appendVerbatim(lines.joined(separator: "\n"))
        case .uvSync(let sync):
            let project = sync.workdir ?? "/app"
            try copy(
                .lz4Frame(sync.pyprojectTomlLZ4), named: "pyproject.toml", to: "\(project)/pyproject.toml",
                0o644, number)
            try copy(.lz4Frame(sync.uvLockLZ4), named: "uv.lock", to: "\(project)/uv.lock", 0o644, number)
            try install(.uvSync(sync), number)
        case .unknown:
            throw PlanError(
                .unsupported, at: step.origin.jsonPath ?? "steps[\(number)]",
                "this version does not know that kind of step; use a newer chalk-image")
        }
    }

    private mutating func install(_ command: InstallCommand, _ number: Int) throws {
        var run = RunInstruction(command: .shell(command.shell))
        if let cache = command.cacheDirectory {
            var mount = RunMount(kind: .cache)
            mount.target = cache
            run.mounts.append(RunMountFlag(mount, text: "type=cache,target=\(cache)"))
        }
        for file in command.inputFiles {
            let name = name(of: file.path)
            let path = "\(directory)/\(number)/\(name)"
            attachments.append(Attachment(path: path, content: .bytes(file.contents), mode: 0o644))
            var mount = RunMount(kind: .bind)
            mount.source = path
            mount.target = file.path
            run.mounts.append(RunMountFlag(mount, text: "type=bind,source=\(path),target=\(file.path)"))
        }
        try writer.append(.run(run))
    }

    private mutating func copy(
        _ content: Attachment.Content, named name: String, to destination: String, _ mode: UInt32?,
        _ number: Int
    ) throws {
        let path = "\(directory)/\(number)/\(name)"
        attachments.append(Attachment(path: path, content: content, mode: mode))
        // Buildah takes these bits from a file of the context, but not from the flag.
        let special = mode.flatMap { $0 & 0o7000 == 0 ? nil : "0" + String($0, radix: 8) }
        try copy(path, to: destination, mode: special)
    }

    private mutating func copy(_ source: String, to destination: String, mode: String? = nil) throws {
        var copy = CopyInstruction(operands: CopyOperands(paths: [source], destination: destination))
        copy.chmod = mode
        try writer.append(.copy(copy))
    }

    private func name(of path: String) -> String {
        path.split(separator: "/").last.map(String.init) ?? "file"
    }
}
