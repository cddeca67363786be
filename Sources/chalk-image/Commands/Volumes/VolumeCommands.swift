import ChalkImage

/// What the commands of volumes have in common.
enum VolumeArguments {
    static let version = CommandSyntax.Flag(
        "version", value: "DIGEST",
        help: "an earlier version: its digest, or the first digits (see volume log)")
    static let ifMatch = CommandSyntax.Flag(
        "if-match", value: "DIGEST", help: "only if this is the newest version; exit with 1 if not")
    static let json = CommandSyntax.Flag("json", help: "one JSON document")

    /// The volume that the first word names.
    static func volume(_ arguments: ParsedArguments, _ surroundings: Surroundings) throws -> Volume {
        try Volume.named(arguments.operands[0], in: surroundings.store(arguments))
    }

    /// The version that `--if-match` wants.
    static func expected(_ arguments: ParsedArguments, command: String) throws -> Digest? {
        guard let text = arguments["if-match"] else { return nil }
        guard let digest = Digest(text.hasPrefix("sha256:") ? text : "sha256:" + text) else {
            throw UsageError("--if-match is the digest of a version, not \"\(text)\"", command: command)
        }
        return digest
    }

    /// Says of a volume that is in use that more may be in it than is read.
    static func noteUse(of volume: Volume, version: String?) throws {
        guard version == nil, try volume.reload().isInUse else { return }
        StandardStream.error.write(
            "note: a container uses \(volume.name); what it wrote since the last version is seen after it ends, "
                + "or after `chalk-image volume snapshot \(volume.name)`\n")
    }
}

/// `chalk-image volume create`.
enum VolumeCreateCommand: Command {
    static let syntax = CommandSyntax(
        name: "volume create", summary: "Make an empty volume, unless there is one of that name",
        operands: "NAME", operandCount: 1...1, flags: [])

    static func run(_ arguments: ParsedArguments, _ surroundings: Surroundings) throws {
        let volume = try Volume.create(arguments.operands[0], in: surroundings.store(arguments))
        StandardStream.output.write("\(volume.name)\n")
    }
}

/// `chalk-image volume delete`.
enum VolumeDeleteCommand: Command {
    static let syntax = CommandSyntax(
        name: "volume delete", summary: "Delete a volume with all its versions", operands: "NAME",
        operandCount: 1...1, flags: [])

    static func run(_ arguments: ParsedArguments, _ surroundings: Surroundings) throws {
        let volume = try VolumeArguments.volume(arguments, surroundings)
        try volume.delete()
        StandardStream.output.write("\(volume.name)\n")
    }
}

/// `chalk-image volume snapshot`.
enum VolumeSnapshotCommand: Command {
    static let syntax = CommandSyntax(
        name: "volume snapshot", summary: "Make a version of what containers have written so far",
        operands: "NAME", operandCount: 1...1, flags: [])

    static func run(_ arguments: ParsedArguments, _ surroundings: Surroundings) throws {
        let digest = try VolumeArguments.volume(arguments, surroundings).snapshot()
        StandardStream.output.write("\(digest)\n")
    }
}

/// `chalk-image volume mount`.
enum VolumeMountCommand: Command {
    static let syntax = CommandSyntax(
        name: "volume mount", summary: "Show a volume in a directory of this machine, until Ctrl-C",
        operands: "NAME DIR", operandCount: 2...2,
        flags: [.init("read-only", help: "mount it so that nothing can be changed")])

    static func run(_ arguments: ParsedArguments, _ surroundings: Surroundings) throws {
        let volume = try VolumeArguments.volume(arguments, surroundings)
        let place = arguments.operands[1]
        try volume.performMount(
            at: surroundings.absolute(place), readOnly: arguments.isSet("read-only"),
            cancellation: surroundings.cancellation,
            report: { isMount in
                let how =
                    isMount ? "is mounted at \(place)" : "is behind the link \(place), since only root mounts"
                StandardStream.error.write("\(volume.name) \(how); Ctrl-C ends that\n")
            })
    }
}
