import ChalkImage
import ChalkOCI

/// `chalk-image volume ls`.
enum VolumeListCommand: Command {
    static let syntax = CommandSyntax(
        name: "volume ls", summary: "List volumes, or what is in one", operands: "[NAME [PATH]]",
        operandCount: 0...2,
        flags: [
            .init("recursive", "r", help: "also what lies deeper"), VolumeArguments.version,
            VolumeArguments.json,
        ])

    static func run(_ arguments: ParsedArguments, _ surroundings: Surroundings) throws {
        if arguments.operands.isEmpty { return try listVolumes(arguments, surroundings) }
        let volume = try VolumeArguments.volume(arguments, surroundings)
        let path = arguments.operandWords.count > 1 ? arguments.operandWords[1].bytes : []
        let entries = try volume.entries(
            at: path, recursive: arguments.isSet("recursive"), version: arguments["version"])
        if arguments.isSet("json") {
            StandardStream.output.write(JSON.array(entries.map(\.json)).pretty() + "\n")
        } else {
            StandardStream.output.write(TextTable.text(entries.map(row)))
        }
        try VolumeArguments.noteUse(of: volume, version: arguments["version"])
    }

    private static func listVolumes(_ arguments: ParsedArguments, _ surroundings: Surroundings) throws {
        let (store, scratch) = try surroundings.storeToLookAt(arguments)
        let volumes = try withExtendedLifetime(scratch) { try Volume.list(in: store) }
        if arguments.isSet("json") {
            StandardStream.output.write(JSON.array(volumes.map(\.json)).pretty() + "\n")
            return
        }
        StandardStream.output.write(
            TextTable.text(
                volumes.map { volume in
                    [
                        volume.name, volume.version.digest.description, "\(volume.version.fileCount) files",
                        HumanSize.bytes(volume.version.size),
                    ] + (volume.isInUse ? ["in use"] : [])
                }))
    }

    private static func row(_ entry: VolumeFileInfo) -> [String] {
        switch entry.kind {
        case .file: [octal(entry.mode ?? 0), "\(entry.size)", entry.path]
        case .directory: ["dir", "\(entry.size)", entry.path + "/"]
        case .link(let target): ["link", "0", "\(entry.path) -> \(target)"]
        }
    }

    private static func octal(_ mode: UInt32) -> String {
        let digits = String(mode, radix: 8)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }
}

/// `chalk-image volume log`.
enum VolumeLogCommand: Command {
    static let syntax = CommandSyntax(
        name: "volume log", summary: "List the versions of a volume, the newest first", operands: "NAME",
        operandCount: 1...1, flags: [VolumeArguments.json])

    static func run(_ arguments: ParsedArguments, _ surroundings: Surroundings) throws {
        let versions = try VolumeArguments.volume(arguments, surroundings).versions()
        if arguments.isSet("json") {
            StandardStream.output.write(JSON.array(versions.map(\.json)).pretty() + "\n")
            return
        }
        StandardStream.output.write(
            TextTable.text(
                versions.map { version in
                    [
                        version.digest.description, Timestamp(version.created).description, version.origin,
                        "\(version.fileCount) files", HumanSize.bytes(version.size),
                    ]
                }))
    }
}
