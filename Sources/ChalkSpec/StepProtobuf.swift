/// One BuildStep message, between bytes and `BuildStep`.
enum StepProtobuf {
    /// The names of the oneof's members, by field number less one.
    static let kinds = [
        "runCommands", "pipInstall", "addFile", "dockerfileCommands", "uvPipInstall", "uvSync",
    ]

    /// Reads the message at `range`; nil when it asks for nothing.
    static func read(_ bytes: [UInt8], _ range: Range<Int>, at path: String) throws(SpecError) -> BuildStep? {
        var reader = ProtobufReader(bytes, range)
        var unknown = UnknownFields()
        var number: UInt32 = 0
        // Occurrences of one member merge; another member replaces them.
        var parts: [Range<Int>] = []
        while let field = try reader.next() {
            guard case .bytes(let part) = field.value, (1...6).contains(field.number) else {
                unknown.step += bytes[field.extent]
                continue
            }
            if field.number != number { parts = [] }
            number = field.number
            parts.append(part)
        }
        guard number > 0 else {
            guard !unknown.isEmpty else {
                throw SpecError(.invalid, at: path, "names no kind of step")
            }
            return BuildStep(.unknown, unknownFields: unknown, origin: path)
        }
        do throws(SpecError) {
            let kind = try read(number, bytes, parts, unknown: &unknown.body)
            guard let kind else {
                guard unknown.isEmpty else {
                    throw SpecError(
                        .unsupported, at: kinds[Int(number) - 1],
                        "is empty but for fields that this version does not know")
                }
                return nil
            }
            return BuildStep(
                kind, unknownFields: unknown, origin: path + "." + kinds[Int(number) - 1])
        } catch {
            throw error.code == .malformed ? error : error.within(path)
        }
    }

    private static func read(
        _ number: UInt32, _ bytes: [UInt8], _ parts: [Range<Int>], unknown: inout [UInt8]
    ) throws(SpecError) -> BuildStep.Kind? {
        switch number {
        case 3: return try addFile(bytes, parts, unknown: &unknown)
        case 6: return try uvSync(bytes, parts, unknown: &unknown)
        default: break
        }
        var strings: [String] = []
        for part in parts {
            var reader = ProtobufReader(bytes, part)
            while let field = try reader.next() {
                if field.number == 1, case .bytes(let range) = field.value {
                    strings.append(try reader.string(range))
                } else {
                    unknown += bytes[field.extent]
                }
            }
        }
        switch number {
        case 1: return try StepRules.runCommands(strings)
        case 2: return try StepRules.pipInstall(strings)
        case 4: return try StepRules.dockerfileCommands(strings)
        default: return try StepRules.uvPipInstall(strings)
        }
    }

    private static func addFile(_ bytes: [UInt8], _ parts: [Range<Int>], unknown: inout [UInt8])
        throws(SpecError) -> BuildStep.Kind
    {
        var destination = ""
        var content: [UInt8] = []
        var mode: UInt32?
        for part in parts {
            var reader = ProtobufReader(bytes, part)
            while let field = try reader.next() {
                switch (field.number, field.value) {
                case (1, .bytes(let range)): destination = try reader.string(range)
                case (2, .bytes(let range)): content = Array(bytes[range])
                case (3, .varint(let value)): mode = UInt32(truncatingIfNeeded: value)
                default: unknown += bytes[field.extent]
                }
            }
        }
        return try StepRules.addFile(destination: destination, content: content, mode: mode)
    }

    private static func uvSync(_ bytes: [UInt8], _ parts: [Range<Int>], unknown: inout [UInt8])
        throws(SpecError) -> BuildStep.Kind
    {
        var pyproject: [UInt8] = []
        var lock: [UInt8] = []
        var extras: [String] = []
        var workdir: String?
        for part in parts {
            var reader = ProtobufReader(bytes, part)
            while let field = try reader.next() {
                switch (field.number, field.value) {
                case (1, .bytes(let range)): pyproject = Array(bytes[range])
                case (2, .bytes(let range)): lock = Array(bytes[range])
                case (3, .bytes(let range)): extras.append(try reader.string(range))
                case (4, .bytes(let range)): workdir = try reader.string(range)
                default: unknown += bytes[field.extent]
                }
            }
        }
        return try StepRules.uvSync(
            UvSync(pyprojectTomlLZ4: pyproject, uvLockLZ4: lock, extras: extras, workdir: workdir))
    }

    /// The BuildStep messages that say `step`: none for a volume, one for each file of a copied directory.
    static func messages(_ step: BuildStep, inlining: LocalInlining?, tally: inout InlineTally)
        throws(SpecError) -> [[UInt8]]
    {
        let unknown = step.unknownFields
        switch step.kind {
        case .runCommands(let commands): return [bytes(strings: commands, field: 1, unknown)]
        case .pipInstall(let packages): return [bytes(strings: packages, field: 2, unknown)]
        case .addFile(let file): return [bytes(file, unknown)]
        case .dockerfileCommands(let commands): return [bytes(strings: commands, field: 4, unknown)]
        case .uvPipInstall(let packages): return [bytes(strings: packages, field: 5, unknown)]
        case .uvSync(let sync): return [bytes(sync, unknown)]
        case .unknown: return [unknown.step]
        case .aptInstall(let packages):
            return [bytes(strings: [InstallCommand.apt(packages).shell], field: 1)]
        case .pipInstallRequirements(let requirements):
            return [bytes(strings: try lines(requirements), field: 2)]
        case .uvPipInstallRequirements(let requirements):
            return [bytes(strings: try lines(requirements), field: 5)]
        case .addLocalFile(let file):
            guard file.strategy == .copy else { return [] }
            return [bytes(try local(inlining).inline(file, tally: &tally), unknown)]
        case .addLocalDir(let dir):
            guard dir.strategy == .copy else { return [] }
            return try local(inlining).inline(dir, tally: &tally).map { bytes($0, unknown) }
        }
    }

    private static func local(_ inlining: LocalInlining?) throws(SpecError) -> LocalInlining {
        guard let inlining else {
            throw SpecError(
                .unsupported, at: "", "the local files cannot be read here, so protobuf cannot hold them")
        }
        return inlining
    }

    private static func lines(_ requirements: Requirements) throws(SpecError) -> [String] {
        guard requirements.constraints.isEmpty else {
            throw SpecError(
                .unsupported, at: "",
                "the requirements come with constraints, which protobuf cannot say; keep the spec as JSON")
        }
        return requirements.lines
    }

    /// A BuildStep whose member `field` has only repeated strings.
    static func bytes(strings: [String], field: UInt32, _ unknown: UnknownFields = UnknownFields()) -> [UInt8]
    {
        var body = ProtobufWriter()
        body.field(1, strings: strings)
        return step(field, body, unknown)
    }

    private static func bytes(_ file: AddFile, _ unknown: UnknownFields) -> [UInt8] {
        var body = ProtobufWriter()
        body.field(1, string: file.destination)
        if !file.content.isEmpty { body.field(2, bytes: file.content) }
        if let mode = file.mode { body.field(3, varint: UInt64(mode)) }
        return step(3, body, unknown)
    }

    private static func bytes(_ sync: UvSync, _ unknown: UnknownFields) -> [UInt8] {
        var body = ProtobufWriter()
        if !sync.pyprojectTomlLZ4.isEmpty { body.field(1, bytes: sync.pyprojectTomlLZ4) }
        if !sync.uvLockLZ4.isEmpty { body.field(2, bytes: sync.uvLockLZ4) }
        body.field(3, strings: sync.extras)
        if let workdir = sync.workdir { body.field(4, string: workdir) }
        return step(6, body, unknown)
    }

    private static func step(_ number: UInt32, _ body: ProtobufWriter, _ unknown: UnknownFields) -> [UInt8] {
        var body = body
        body.raw(unknown.body)
        var writer = ProtobufWriter()
        writer.field(number, bytes: body.bytes)
        writer.raw(unknown.step)
        return writer.bytes
    }
}
