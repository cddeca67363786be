/// The rules for steps, shared by the calls in code, the JSON reader and the protobuf reader. A function answers
/// nil where the call asks for nothing: no commands and no packages are no step. Errors name fields from the step
/// inwards, as in `runCommands.commands[1]`.
enum StepRules {
    static func runCommands(_ commands: [String]) throws(SpecError) -> BuildStep.Kind? {
        for (index, command) in commands.enumerated() {
            let field = "runCommands.commands[\(index)]"
            guard !isBlank(command) else {
                throw SpecError(.invalid, at: field, "is empty; give a shell command or leave it out")
            }
            try noNUL(command, at: field)
        }
        return commands.isEmpty ? nil : .runCommands(commands)
    }

    static func pipInstall(_ packages: [String]) throws(SpecError) -> BuildStep.Kind? {
        try specifiers(packages, of: "pipInstall")
        return packages.isEmpty ? nil : .pipInstall(packages)
    }

    static func uvPipInstall(_ packages: [String]) throws(SpecError) -> BuildStep.Kind? {
        try specifiers(packages, of: "uvPipInstall")
        return packages.isEmpty ? nil : .uvPipInstall(packages)
    }

    static func requirements(_ requirements: Requirements, uv: Bool) -> BuildStep.Kind? {
        if requirements.requirements.isEmpty { return nil }
        return uv ? .uvPipInstallRequirements(requirements) : .pipInstallRequirements(requirements)
    }

    static func aptInstall(_ packages: [String]) throws(SpecError) -> BuildStep.Kind? {
        try specifiers(packages, of: "aptInstall")
        for (index, package) in packages.enumerated() {
            let field = "aptInstall.packages[\(index)]"
            guard package.utf8.first != UInt8(ascii: "-") else {
                throw SpecError(
                    .invalid, at: field,
                    "\(quoted(package)) is an option, not a package; use runCommands for a call of your own")
            }
            guard !package.utf8.contains(where: { $0 == 0x20 || $0 == 0x09 }) else {
                throw SpecError(
                    .invalid, at: field, "\(quoted(package)) holds white space; give one package each")
            }
        }
        return packages.isEmpty ? nil : .aptInstall(packages)
    }

    static func dockerfileCommands(_ commands: [String]) throws(SpecError) -> BuildStep.Kind? {
        for (index, command) in commands.enumerated() {
            try noNUL(command, at: "dockerfileCommands.commands[\(index)]")
        }
        return commands.allSatisfy(isBlank) ? nil : .dockerfileCommands(commands)
    }

    static func addFile(destination: String, content: [UInt8], mode: UInt32?) throws(SpecError)
        -> BuildStep.Kind
    {
        let destination = try ImagePath.file(destination, at: "addFile.destination")
        try SpecRules.mode(mode, at: "addFile.mode")
        return .addFile(AddFile(destination: destination, content: content, mode: mode))
    }

    static func uvSync(_ sync: UvSync) throws(SpecError) -> BuildStep.Kind {
        for (index, extra) in sync.extras.enumerated() {
            let field = "uvSync.extras[\(index)]"
            guard !isBlank(extra) else { throw SpecError(.invalid, at: field, "is empty") }
            try noNUL(extra, at: field)
        }
        var workdir = sync.workdir
        if let path = workdir { workdir = try ImagePath.directory(path, at: "uvSync.workdir") }
        return .uvSync(
            UvSync(
                pyprojectTomlLZ4: sync.pyprojectTomlLZ4, uvLockLZ4: sync.uvLockLZ4, extras: sync.extras,
                workdir: workdir))
    }

    static func addLocalFile(
        _ src: String, to dest: String, mode: UInt32?, strategy: FileStrategy, in location: SpecLocation
    ) throws(SpecError) -> BuildStep.Kind {
        let field = "addLocalFile.src"
        let path = try hostPath(src, at: field, in: location)
        let dest = try ImagePath.file(dest, at: "addLocalFile.dest")
        try SpecRules.mode(mode, at: "addLocalFile.mode")
        switch try kind(of: path, at: field, in: location) {
        case .file: break
        case .missing: throw SpecError(.unreadable, at: field, "there is no file \(quoted(path))")
        case .directory:
            throw SpecError(
                .unreadable, at: field, "\(quoted(path)) is a directory; add it with addLocalDir")
        case .other: throw SpecError(.unreadable, at: field, "\(quoted(path)) is not a regular file")
        }
        return .addLocalFile(LocalFile(src: path, dest: dest, mode: mode, strategy: strategy))
    }

    static func addLocalDir(
        _ src: String, to dest: String, strategy: FileStrategy, exclude: [String], archive: Bool,
        layers: LayerLayout, in location: SpecLocation
    ) throws(SpecError) -> BuildStep.Kind {
        let field = "addLocalDir.src"
        let path = try hostPath(src, at: field, in: location)
        let dest = try ImagePath.directory(dest, at: "addLocalDir.dest")
        for (index, pattern) in exclude.enumerated() {
            let field = "addLocalDir.exclude[\(index)]"
            guard !pattern.isEmpty else {
                throw SpecError(.invalid, at: field, "is empty; give a pattern or leave it out")
            }
            try noNUL(pattern, at: field)
            guard !pattern.utf8.contains(where: { $0 == 0x0A || $0 == 0x0D }) else {
                throw SpecError(.invalid, at: field, "holds a line break; give one pattern each")
            }
        }
        guard !(archive && strategy == .copy) else {
            throw SpecError(
                .conflict, at: "addLocalDir.archive",
                "works only with strategy \"volume\"; leave it out, or use \"volume\"")
        }
        guard !(layers == .single && strategy == .volume) else {
            throw SpecError(
                .conflict, at: "addLocalDir.layers",
                "\"single\" works only with strategy \"copy\"; leave it out, or use \"copy\"")
        }
        switch try kind(of: path, at: field, in: location) {
        case .directory: break
        case .missing: throw SpecError(.unreadable, at: field, "there is no directory \(quoted(path))")
        case .file:
            throw SpecError(.unreadable, at: field, "\(quoted(path)) is a file; add it with addLocalFile")
        case .other: throw SpecError(.unreadable, at: field, "\(quoted(path)) is not a directory")
        }
        return .addLocalDir(
            LocalDir(
                src: path, dest: dest, strategy: strategy, exclude: exclude, archive: archive, layers: layers)
        )
    }

    static func layers(_ name: String, at field: String) throws(SpecError) -> LayerLayout {
        guard let layers = LayerLayout(rawValue: name) else {
            throw SpecError(.invalid, at: field, "\(quoted(name)) is neither \"single\" nor \"auto\"")
        }
        return layers
    }

    static func strategy(_ name: String, at field: String) throws(SpecError) -> FileStrategy {
        guard let strategy = FileStrategy(rawValue: name) else {
            throw SpecError(.invalid, at: field, "\(quoted(name)) is neither \"copy\" nor \"volume\"")
        }
        return strategy
    }

    /// A host path of the user's, made absolute.
    static func hostPath(_ path: String, at field: String, in location: SpecLocation) throws(SpecError)
        -> String
    {
        guard !path.isEmpty else { throw SpecError(.invalid, at: field, "is empty; give a local path") }
        try noNUL(path, at: field)
        return location.absolute(path)
    }

    private static func kind(of path: String, at field: String, in location: SpecLocation) throws(SpecError)
        -> SpecFileKind
    {
        do throws(SpecError) {
            return try location.kind(of: path)
        } catch {
            throw error.within(field)
        }
    }

    private static func specifiers(_ packages: [String], of step: String) throws(SpecError) {
        for (index, package) in packages.enumerated() {
            let field = "\(step).packages[\(index)]"
            guard !isBlank(package) else {
                throw SpecError(.invalid, at: field, "is empty; name a package or leave it out")
            }
            try noNUL(package, at: field)
            guard !package.utf8.contains(where: { $0 == 0x0A || $0 == 0x0D }) else {
                throw SpecError(.invalid, at: field, "holds a line break; give one package each")
            }
        }
    }

    private static func noNUL(_ text: String, at field: String) throws(SpecError) {
        guard !text.utf8.contains(0) else { throw SpecError(.invalid, at: field, "holds a NUL byte") }
    }

    private static func isBlank(_ text: String) -> Bool {
        text.utf8.allSatisfy { $0 == 0x20 || (0x09...0x0D).contains($0) }
    }
}
