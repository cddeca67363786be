import ChalkImage
import ChalkOCI

/// `chalk-image import`.
enum ImportCommand: Command {
    static let syntax = CommandSyntax(
        name: "import",
        summary: "Take in a root file system tar, an OCI layout or archive, or a docker archive",
        operands: "PATH", operandCount: 1...1,
        flags: [
            .init("tag", "t", value: "REF", repeats: true, help: "a name for the image"),
            .init("ref", value: "NAME", help: "which image of a layout or archive that holds several"),
            .init("env", "e", value: "NAME=VALUE", repeats: true, help: "a variable (root file systems)"),
            .init(
                "cmd", value: "WORD", repeats: true,
                help: "the default command, a word each (root file systems)"),
            .init(
                "platform", value: "OS/ARCH",
                help: "what it is for (root file systems; default: this machine)"),
            .init("all-platforms", help: "all images of a layout's index, and the index"),
        ])

    static func run(_ arguments: ParsedArguments, _ surroundings: Surroundings) throws {
        var options = ImportOptions()
        options.names = try arguments.all("tag").map { try Reference($0) }
        options.sourceName = arguments["ref"]
        options.environment = arguments.all("env")
        options.command = arguments.all("cmd")
        options.allPlatforms = arguments.isSet("all-platforms")
        if let text = arguments["platform"] {
            guard let platform = Platform(text) else {
                throw UsageError(
                    "--platform is OS/ARCH such as linux/amd64, not \"\(text)\"", command: "import")
            }
            options.platform = platform
        }
        if let line = options.environment.first(where: { !$0.contains("=") || $0.hasPrefix("=") }) {
            throw UsageError("--env is NAME=VALUE, not \"\(line)\"", command: "import")
        }
        let digest = try surroundings.store(arguments).performImport(
            surroundings.absolute(arguments.operands[0]), options, cancellation: surroundings.cancellation)
        StandardStream.output.write("\(digest)\n")
    }
}

/// `chalk-image export`.
enum ExportCommand: Command {
    static let syntax = CommandSyntax(
        name: "export", summary: "Write an image as a layout, an archive or a root file system",
        operands: "REF",
        operandCount: 1...1,
        flags: [
            .init(
                "output", "o", value: "type=TYPE,dest=PATH", repeats: true,
                help: "oci, oci-archive, docker-archive, dir or tar")
        ] + TransferFlags.all)

    static func run(_ arguments: ParsedArguments, _ surroundings: Surroundings) throws {
        let outputs = try arguments.all("output").map {
            try OutputArgument.read($0, surroundings, command: "export")
        }
        if outputs.isEmpty {
            throw UsageError("an output is missing: -o type=TYPE,dest=PATH", command: "export")
        }
        let name = arguments.operands[0]
        let names = name.hasPrefix("sha256:") ? [] : [try Reference(name)]
        let transfer = try TransferFlags.read(arguments, surroundings)
        for output in outputs {
            try surroundings.store(arguments).performExport(
                name, to: output, names: names, transfer,
                cancellation: surroundings.cancellation)
        }
    }
}
