internal import ChalkOCI

/// One element of `steps`, between JSON and `BuildStep`.
enum StepJSON {
    /// Kinds of the protobuf message first, then those of JSON alone.
    static let kinds: [(name: String, fields: [String])] = [
        ("runCommands", ["commands"]),
        ("pipInstall", ["packages"]),
        ("addFile", ["destination", "content", "mode"]),
        ("dockerfileCommands", ["commands"]),
        ("uvPipInstall", ["packages"]),
        ("uvSync", ["pyprojectTomlLz4", "uvLockLz4", "extras", "workdir"]),
        ("addLocalFile", ["src", "dest", "mode", "strategy"]),
        ("addLocalDir", ["src", "dest", "strategy", "exclude", "archive", "layers"]),
        ("pipInstallFromRequirements", ["path", "lines", "constraints"]),
        ("uvPipInstallFromRequirements", ["path", "lines", "constraints"]),
        ("aptInstall", ["packages"]),
    ]

    /// The step, or nil when it asks for nothing.
    static func read(_ node: JSONNode, at path: String, in location: SpecLocation) throws(SpecError)
        -> BuildStep?
    {
        let outer = try JSONFields(node, at: path, names: kinds.map(\.name))
        let given = outer.given
        guard let name = given.first, let body = outer.node(name),
            let names = kinds.first(where: { $0.name == name })?.fields
        else {
            throw SpecError(
                .invalid, at: path,
                "names no kind of step; give one, as in {\"runCommands\": {\"commands\": [\"true\"]}}",
                line: node.position.line, column: node.position.column)
        }
        guard given.count == 1 else {
            throw SpecError(
                .conflict, at: path,
                "names \(given.count) kinds of step (\(given.joined(separator: ", "))); give each its own element",
                line: node.position.line, column: node.position.column)
        }
        let fields = try JSONFields(body, at: JSONFields.child(path, name), names: names)
        let kind: BuildStep.Kind?
        do throws(SpecError) {
            kind = try read(name, fields, in: location)
        } catch {
            // Rules speak from the step inwards; the fields themselves already know the whole path.
            let placed = error.path.hasPrefix(path) ? error : error.within(path)
            throw placed.positioned(line: body.position.line, column: body.position.column)
        }
        return kind.map { BuildStep($0, origin: JSONFields.child(path, name)) }
    }

    private static func read(_ name: String, _ fields: JSONFields, in location: SpecLocation)
        throws(SpecError) -> BuildStep.Kind?
    {
        switch name {
        case "runCommands": try StepRules.runCommands(fields.strings("commands"))
        case "pipInstall": try StepRules.pipInstall(fields.strings("packages"))
        case "uvPipInstall": try StepRules.uvPipInstall(fields.strings("packages"))
        case "aptInstall": try StepRules.aptInstall(fields.strings("packages"))
        case "dockerfileCommands": try StepRules.dockerfileCommands(fields.strings("commands"))
        case "addFile":
            try StepRules.addFile(
                destination: fields.string("destination") ?? "", content: fields.bytes("content") ?? [],
                mode: mode(fields))
        case "uvSync":
            try StepRules.uvSync(
                UvSync(
                    pyprojectTomlLZ4: fields.bytes("pyprojectTomlLz4") ?? [],
                    uvLockLZ4: fields.bytes("uvLockLz4") ?? [], extras: fields.strings("extras"),
                    workdir: fields.string("workdir")))
        case "addLocalFile":
            try StepRules.addLocalFile(
                fields.requiredString("src"), to: fields.requiredString("dest"), mode: mode(fields),
                strategy: strategy(fields, of: name), in: location)
        case "addLocalDir":
            try StepRules.addLocalDir(
                fields.requiredString("src"), to: fields.requiredString("dest"),
                strategy: strategy(fields, of: name), exclude: fields.strings("exclude"),
                archive: fields.bool("archive") ?? false, layers: layers(fields, of: name), in: location)
        default:
            StepRules.requirements(
                try requirements(fields, of: name, in: location), uv: name.hasPrefix("uv"))
        }
    }

    private static func mode(_ fields: JSONFields) throws(SpecError) -> UInt32? {
        guard let node = fields.node("mode") else { return nil }
        return try FileMode.read(node, at: JSONFields.child(fields.path, "mode"))
    }

    private static func strategy(_ fields: JSONFields, of name: String) throws(SpecError) -> FileStrategy {
        guard let text = try fields.string("strategy") else { return .volume }
        return try StepRules.strategy(text, at: "\(name).strategy")
    }

    private static func layers(_ fields: JSONFields, of name: String) throws(SpecError) -> LayerLayout {
        guard let text = try fields.string("layers") else { return .auto }
        return try StepRules.layers(text, at: "\(name).layers")
    }

    /// Either `path` to a requirements file, or the lines of one that was inlined.
    private static func requirements(_ fields: JSONFields, of name: String, in location: SpecLocation)
        throws(SpecError) -> Requirements
    {
        let inlined = fields.node("lines") != nil || fields.node("constraints") != nil
        guard inlined else {
            return try Requirements.read(fields.requiredString("path"), in: location, at: "\(name).path")
        }
        guard fields.node("path") == nil else {
            throw SpecError(
                .conflict, at: "\(name).path", "was given together with lines; give one of the two")
        }
        return try Requirements.inlined(
            lines: fields.strings("lines"), constraints: fields.strings("constraints"), at: name)
    }

    /// The element of `steps` for a step.
    static func value(_ step: BuildStep, at path: String, relativeTo directory: String?) throws(SpecError)
        -> JSONTextWriter.Value
    {
        guard step.unknownFields.isEmpty, let body = body(of: step.kind, relativeTo: directory) else {
            throw SpecError(
                .unsupported, at: path,
                "holds protobuf fields that this version does not know and JSON cannot say; "
                    + "write the spec as protobuf")
        }
        return .object([(key: step.name, value: .object(body))])
    }

    private static func body(of kind: BuildStep.Kind, relativeTo directory: String?)
        -> [(key: String, value: JSONTextWriter.Value)]?
    {
        switch kind {
        case .unknown: return nil
        case .runCommands(let commands), .dockerfileCommands(let commands):
            return [("commands", .strings(commands))]
        case .pipInstall(let packages), .uvPipInstall(let packages), .aptInstall(let packages):
            return [("packages", .strings(packages))]
        case .pipInstallRequirements(let requirements), .uvPipInstallRequirements(let requirements):
            var body = [(key: "lines", value: JSONTextWriter.Value.strings(requirements.lines))]
            if !requirements.constraints.isEmpty {
                body.append((key: "constraints", value: .strings(requirements.constraints)))
            }
            return body
        case .addFile(let file):
            var body = [(key: "destination", value: JSONTextWriter.Value.string(file.destination))]
            if !file.content.isEmpty {
                body.append((key: "content", value: .string(Base64.encode(file.content))))
            }
            if let mode = file.mode { body.append((key: "mode", value: .number(UInt64(mode)))) }
            return body
        case .uvSync(let sync):
            var body: [(key: String, value: JSONTextWriter.Value)] = []
            if !sync.pyprojectTomlLZ4.isEmpty {
                body.append((key: "pyprojectTomlLz4", value: .string(Base64.encode(sync.pyprojectTomlLZ4))))
            }
            if !sync.uvLockLZ4.isEmpty {
                body.append((key: "uvLockLz4", value: .string(Base64.encode(sync.uvLockLZ4))))
            }
            if !sync.extras.isEmpty { body.append((key: "extras", value: .strings(sync.extras))) }
            if let workdir = sync.workdir { body.append((key: "workdir", value: .string(workdir))) }
            return body
        case .addLocalFile(let file):
            var body = source(file.src, file.dest, relativeTo: directory)
            if let mode = file.mode { body.append((key: "mode", value: .string(FileMode.text(mode)))) }
            body.append((key: "strategy", value: .string(file.strategy.rawValue)))
            return body
        case .addLocalDir(let dir):
            var body = source(dir.src, dir.dest, relativeTo: directory)
            body.append((key: "strategy", value: .string(dir.strategy.rawValue)))
            if !dir.exclude.isEmpty { body.append((key: "exclude", value: .strings(dir.exclude))) }
            if dir.archive { body.append((key: "archive", value: .bool(true))) }
            if dir.layers != .auto { body.append((key: "layers", value: .string(dir.layers.rawValue))) }
            return body
        }
    }

    private static func source(_ src: String, _ dest: String, relativeTo directory: String?)
        -> [(key: String, value: JSONTextWriter.Value)]
    {
        [("src", .string(path(src, relativeTo: directory))), ("dest", .string(dest))]
    }

    static func path(_ path: String, relativeTo directory: String?) -> String {
        guard let directory else { return path }
        if path.utf8.elementsEqual(directory.utf8) { return "." }
        return LocalPath.relative(path, to: directory) ?? path
    }
}
