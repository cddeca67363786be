/// The wire form: `chalk.sandbox.v1.ImageSpec`.
extension ImageSpec {
    /// Reads the message. A field that comes twice follows protobuf: the last scalar wins, messages merge.
    /// Steps without commands or packages are left out, as in the other forms.
    package static func read(protobuf bytes: [UInt8]) throws(SpecError) -> ImageSpec {
        guard bytes.count <= sizeLimit else {
            throw SpecError(
                .tooLarge, at: "",
                "the message has \(bytes.count) bytes; a spec may have at most \(sizeLimit)")
        }
        var reader = ProtobufReader(bytes, 0..<bytes.count)
        var base = ""
        var spec = ImageSpec.scratch
        var workdir: String?
        var count = 0
        while let field = try reader.next() {
            guard case .bytes(let range) = field.value, (1...6).contains(field.number) else {
                spec.unknownFields += bytes[field.extent]
                continue
            }
            switch field.number {
            case 1: base = try reader.string(range)
            case 2:
                if let step = try StepProtobuf.read(bytes, range, at: "steps[\(count)]") {
                    spec.steps.append(step)
                }
                count += 1
            case 3: spec.entrypoint.append(try reader.string(range))
            case 4: spec.cmd.append(try reader.string(range))
            case 5: workdir = try reader.string(range)
            default:
                let (name, value) = try entry(bytes, range)
                spec.env[name] = value
            }
        }
        spec.base = .reference(try SpecRules.baseImage(base))
        try SpecRules.exec(spec.entrypoint, at: "entrypoint")
        try SpecRules.exec(spec.cmd, at: "cmd")
        if let workdir { spec.workdir = try SpecRules.workdir(workdir) }
        try SpecRules.env(spec.env)
        return spec
    }

    /// One entry of the map `env`.
    private static func entry(_ bytes: [UInt8], _ range: Range<Int>) throws(SpecError) -> (String, String) {
        var reader = ProtobufReader(bytes, range)
        var name = ""
        var value = ""
        while let field = try reader.next() {
            guard case .bytes(let range) = field.value else { continue }
            if field.number == 1 { name = try reader.string(range) }
            if field.number == 2 { value = try reader.string(range) }
        }
        return (name, value)
    }

    /// The message, in one spelling: fields by number, `env` by the bytes of the names, unknown fields last.
    /// What the wire cannot say is converted (requirements to pip packages, apt to a command, copied local files
    /// to their bytes) or, for volumes, left out; the rest throws `.unsupported` or `.tooLarge`.
    ///
    /// - Parameters:
    ///   - inlining: reads local files to copy; nil makes them an error.
    ///   - head: what a `.dockerfile` base says, from whoever parses Dockerfiles; nil makes such a base an error.
    package func protobuf(inlining: LocalInlining? = nil, head: DockerfileHead? = nil) throws(SpecError)
        -> [UInt8]
    {
        var writer = ProtobufWriter()
        switch base {
        case .reference(let reference): writer.field(1, string: reference)
        case .dockerfile(let source):
            guard let head else {
                throw SpecError(
                    .unsupported, at: "dockerfile",
                    "\(quoted(source.path)) cannot be written as protobuf: only a Dockerfile with one stage and "
                        + "without ARG before FROM can")
            }
            writer.field(1, string: try SpecRules.baseImage(head.baseImage))
            if !head.commands.isEmpty {
                writer.field(2, bytes: StepProtobuf.bytes(strings: head.commands, field: 4))
            }
        }
        var tally = InlineTally()
        for (index, step) in steps.enumerated() {
            do throws(SpecError) {
                for message in try StepProtobuf.messages(step, inlining: inlining, tally: &tally) {
                    writer.field(2, bytes: message)
                }
            } catch {
                throw error.within(step.origin.jsonPath ?? "steps[\(index)].\(step.name)")
            }
        }
        writer.field(3, strings: entrypoint)
        writer.field(4, strings: cmd)
        if let workdir { writer.field(5, string: workdir) }
        for (name, value) in sortedEnv {
            var entry = ProtobufWriter()
            entry.field(1, string: name)
            entry.field(2, string: value)
            writer.field(6, bytes: entry.bytes)
        }
        writer.raw(unknownFields)
        return writer.bytes
    }
}
