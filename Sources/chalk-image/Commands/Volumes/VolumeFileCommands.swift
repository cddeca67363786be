import ChalkImage
import ChalkSystem

/// `chalk-image volume put`.
enum VolumePutCommand: Command {
    static let syntax = CommandSyntax(
        name: "volume put", summary: "Put a file or directory into a volume, all at once",
        operands: "NAME SOURCE|- [PATH]", operandCount: 2...3, flags: [VolumeArguments.ifMatch])

    static func run(_ arguments: ParsedArguments, _ surroundings: Surroundings) throws {
        let volume = try VolumeArguments.volume(arguments, surroundings)
        let expected = try VolumeArguments.expected(arguments, command: syntax.name)
        let source = arguments.operands[1]
        var path = arguments.operandWords.count > 2 ? arguments.operandWords[2].bytes : []
        if source == "-" {
            guard !path.isEmpty else {
                throw UsageError(
                    "a PATH in the volume is needed for what comes by standard input", command: syntax.name)
            }
            let input = FileStream(try FileDescriptor.standardInput())
            return try finish(volume, expected) { $0.putFile(path, from: input) }
        }
        let place = surroundings.absolute(source)
        if try FileSystem.statusIfPresent(place)?.kind != .directory,
            path.isEmpty || path.last == UInt8(ascii: "/")
        {
            path += PathText.name(of: place).utf8
        }
        let destination = path
        try finish(volume, expected) { $0.putFile(destination, fromPath: place) }
    }

    private static func finish(
        _ volume: Volume, _ expected: Digest?, _ body: (inout VolumeBatch) -> Void
    ) throws {
        let digest = try volume.upload("put", ifMatch: expected, body)
        StandardStream.output.write("\(digest)\n")
    }
}

/// `chalk-image volume rm`.
enum VolumeRemoveCommand: Command {
    static let syntax = CommandSyntax(
        name: "volume rm", summary: "Remove files of a volume, all at once", operands: "NAME PATH...",
        operandCount: 2...10_000,
        flags: [
            .init("recursive", "r", help: "also directories with all below them"), VolumeArguments.ifMatch,
        ])

    static func run(_ arguments: ParsedArguments, _ surroundings: Surroundings) throws {
        let volume = try VolumeArguments.volume(arguments, surroundings)
        let expected = try VolumeArguments.expected(arguments, command: syntax.name)
        let digest = try volume.upload("rm", ifMatch: expected) { batch in
            for word in arguments.operandWords.dropFirst() {
                batch.removeFile(word.bytes, recursive: arguments.isSet("recursive"))
            }
        }
        StandardStream.output.write("\(digest)\n")
    }
}

/// `chalk-image volume get`.
enum VolumeGetCommand: Command {
    static let syntax = CommandSyntax(
        name: "volume get", summary: "Copy a file or directory of a volume to this machine",
        operands: "NAME PATH [DEST|-]", operandCount: 2...3, flags: [VolumeArguments.version])

    static func run(_ arguments: ParsedArguments, _ surroundings: Surroundings) throws {
        let volume = try VolumeArguments.volume(arguments, surroundings)
        let path = arguments.operandWords[1].bytes
        let named = arguments.operands.count > 2 ? arguments.operands[2] : nil
        let name = PathText.name(of: PathText.normalized("/" + arguments.operands[1]))
        let destination = named ?? (name.isEmpty ? volume.name : name)
        if destination == "-" {
            try VolumeCatCommand.write(path, of: volume, arguments)
        } else {
            try volume.download(
                path, to: surroundings.absolute(destination), version: arguments["version"])
        }
        try VolumeArguments.noteUse(of: volume, version: arguments["version"])
    }
}

/// `chalk-image volume cat`.
enum VolumeCatCommand: Command {
    static let syntax = CommandSyntax(
        name: "volume cat", summary: "Write a file of a volume to standard output", operands: "NAME PATH",
        operandCount: 2...2, flags: [VolumeArguments.version])

    static func run(_ arguments: ParsedArguments, _ surroundings: Surroundings) throws {
        let volume = try VolumeArguments.volume(arguments, surroundings)
        try write(arguments.operandWords[1].bytes, of: volume, arguments)
        try VolumeArguments.noteUse(of: volume, version: arguments["version"])
    }

    /// Writes a file to standard output.
    static func write(_ path: [UInt8], of volume: Volume, _ arguments: ParsedArguments) throws {
        try volume.copy(
            path, version: arguments["version"], to: FileStream(try FileDescriptor.standardOutput()))
    }
}
