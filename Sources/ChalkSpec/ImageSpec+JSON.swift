/// The JSON form: ProtoJSON of `chalk.sandbox.v1.ImageSpec` with the keys and steps that the wire cannot say.
extension ImageSpec {
    static let fieldNames = [
        "baseImage", "debianSlim", "dockerfile", "steps", "entrypoint", "cmd", "workdir", "env",
    ]

    /// Reads a spec file. Files that it names are looked up from `location` and checked now; requirements files and
    /// the Dockerfile are read now.
    package static func read(json bytes: [UInt8], in location: SpecLocation) throws(SpecError) -> ImageSpec {
        let fields = try JSONFields(
            JSONTextReader.read(bytes), at: "", names: fieldNames, ignoring: ["$schema"])
        var spec = try base(fields, in: location)
        for (index, node) in try fields.array("steps").enumerated() {
            if let step = try StepJSON.read(node, at: "steps[\(index)]", in: location) {
                spec.steps.append(step)
            }
        }
        spec.entrypoint = try fields.strings("entrypoint")
        spec.cmd = try fields.strings("cmd")
        try positioned(fields, "entrypoint") { () throws(SpecError) in
            try SpecRules.exec(spec.entrypoint, at: "entrypoint")
        }
        try positioned(fields, "cmd") { () throws(SpecError) in
            try SpecRules.exec(spec.cmd, at: "cmd")
        }
        if let workdir = try fields.string("workdir") {
            spec.workdir = try positioned(fields, "workdir") { () throws(SpecError) in
                try SpecRules.workdir(workdir)
            }
        }
        if let node = fields.node("env") { spec.env = try env(node) }
        return spec
    }

    private static func base(_ fields: JSONFields, in location: SpecLocation) throws(SpecError) -> ImageSpec {
        let kinds = ["baseImage", "debianSlim", "dockerfile"].filter { fields.node($0) != nil }
        guard let kind = kinds.first else {
            throw SpecError(
                .invalid, at: "", "the spec names no base: give one of baseImage, debianSlim and dockerfile",
                line: fields.position.line, column: fields.position.column)
        }
        guard kinds.count == 1 else {
            throw SpecError(
                .conflict, at: kinds[1],
                "the spec has a \(kind) already; give one of baseImage, debianSlim and dockerfile",
                line: fields.node(kinds[1])?.position.line, column: fields.node(kinds[1])?.position.column)
        }
        let text = try fields.requiredString(kind)
        return try positioned(fields, kind) { () throws(SpecError) in
            switch kind {
            case "debianSlim": try debianSlim(text)
            case "dockerfile": try fromDockerfile(text, in: location)
            default: try base(text)
            }
        }
    }

    private static func env(_ node: JSONNode) throws(SpecError) -> [String: String] {
        guard case .object(let members) = node.value else {
            throw JSONFields.wrongKind(node, wanted: "an object", at: "env")
        }
        var env: [String: String] = [:]
        for member in members {
            let value = try JSONFields.string(member.node, at: JSONFields.child("env", member.key))
            do throws(SpecError) {
                try SpecRules.env([member.key: value])
            } catch {
                throw error.positioned(line: member.position.line, column: member.position.column)
            }
            env[member.key] = value
        }
        return env
    }

    /// Runs a check; its error gets the position of the field `name`.
    private static func positioned<Value>(
        _ fields: JSONFields, _ name: String, _ check: () throws(SpecError) -> Value
    ) throws(SpecError) -> Value {
        do throws(SpecError) {
            return try check()
        } catch {
            let place = fields.node(name)?.position ?? fields.position
            throw error.positioned(line: place.line, column: place.column)
        }
    }

    /// The spec as a spec file. Host paths below `directory` are written relative to it, others absolute.
    /// Throws `.unsupported` when the spec holds protobuf fields of a later version.
    package func jsonText(relativeTo directory: String? = nil) throws(SpecError) -> String {
        guard unknownFields.isEmpty else {
            throw SpecError(
                .unsupported, at: "",
                "the spec holds protobuf fields that this version does not know and JSON cannot say; "
                    + "write it as protobuf")
        }
        var members: [(key: String, value: JSONTextWriter.Value)] = []
        switch base {
        case .reference(let reference): members.append(("baseImage", .string(reference)))
        case .dockerfile(let source):
            members.append(("dockerfile", .string(StepJSON.path(source.path, relativeTo: directory))))
        }
        if !steps.isEmpty {
            var values: [JSONTextWriter.Value] = []
            for (index, step) in steps.enumerated() {
                values.append(try StepJSON.value(step, at: "steps[\(index)]", relativeTo: directory))
            }
            members.append(("steps", .array(values)))
        }
        if !entrypoint.isEmpty { members.append(("entrypoint", .strings(entrypoint))) }
        if !cmd.isEmpty { members.append(("cmd", .strings(cmd))) }
        if let workdir { members.append(("workdir", .string(workdir))) }
        if !env.isEmpty {
            members.append(("env", .object(sortedEnv.map { (key: $0.name, value: .string($0.value)) })))
        }
        return JSONTextWriter.text(.object(members))
    }
}
