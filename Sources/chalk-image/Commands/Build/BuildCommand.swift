import ChalkImage
import ChalkOCI
import ChalkSystem

/// `chalk-image build`.
enum BuildCommand: Command {
    static let syntax = CommandSyntax(
        name: "build", summary: "Build an image from a spec or a Dockerfile",
        operands: "SPEC | [-f DOCKERFILE] CONTEXT",
        operandCount: 0...1,
        flags: [
            .init("tag", "t", value: "REF", repeats: true, help: "a name for the image"),
            .init(
                "output", "o", value: "type=TYPE,dest=PATH", repeats: true,
                help: "also write it: oci, oci-archive, docker-archive, dir or tar"),
            .init("push", help: "push every tag"),
            .init("check", help: "only check the Dockerfile, as dockerfile lint does"),
            CacheArgument.exportFlag,
        ] + BuildFlags.all + [
            .init("progress", value: "MODE", help: "auto, tty, plain, json or quiet"),
            .init("quiet", "q", help: "the same as --progress=quiet"),
            .init("metadata-file", value: "FILE", help: "write digests and names as JSON"),
            .init("iidfile", value: "FILE", help: "write the image ID"),
        ])

    static func answer(_ arguments: ParsedArguments, _ surroundings: Surroundings) throws -> ExitCode {
        let arguments = try ContextArgument.settle(arguments, surroundings)
        if arguments.isSet("check") { return try check(arguments, surroundings) }
        try run(arguments, surroundings)
        return .done
    }

    private static func check(_ arguments: ParsedArguments, _ surroundings: Surroundings) throws -> ExitCode {
        guard let word = arguments["file"] else {
            throw UsageError("--check needs a Dockerfile: [-f DOCKERFILE] CONTEXT", command: "build")
        }
        let file = try DockerfileArgument(word, surroundings)
        return try DockerfileLintCommand.answer(
            file, try BuildFlags.options(arguments, surroundings, command: "build"), .text)
    }

    static func run(_ arguments: ParsedArguments, _ surroundings: Surroundings) throws {
        var (image, options) = try BuildFlags.read(arguments, surroundings, command: "build")
        options.names = try arguments.all("tag").map { try Reference($0) }
        options.cacheExports = try arguments.all("cache-to").map {
            try CacheArgument.export($0, mode: .min) { UsageError($0, command: "build") }
        }
        let outputs = try arguments.all("output").map {
            try OutputArgument.read($0, surroundings, command: "build")
        }
        options.needsLayers = !outputs.isEmpty
        if arguments.isSet("push"), options.names.isEmpty {
            throw UsageError("--push needs a name: -t REF", command: "build")
        }
        if !outputs.isEmpty, !options.platforms.isEmpty {
            throw UsageError(
                "--output takes an image of one platform; build each by itself, or use --push",
                command: "build")
        }
        let mode = arguments.isSet("quiet") ? "quiet" : arguments["progress"] ?? "auto"
        guard let progress = ProgressMode(rawValue: mode)?.renderer() else {
            throw UsageError(
                "--progress is auto, tty, plain, json or quiet, not \"\(mode)\"", command: "build")
        }
        defer { progress.finish() }
        for file in [arguments["metadata-file"], arguments["iidfile"]] + outputs.map(\.file) {
            try checkDirectory(of: file, surroundings)
        }
        let store = try surroundings.store(arguments)
        let builder = ImageBuilder(store: store)
        let result = try builder.perform(image, options, cancellation: surroundings.cancellation) {
            progress.show($0)
        }
        if arguments.isSet("push") {
            let pushed = try store.performPush(
                result, options.transfer, cancellation: surroundings.cancellation
            ) { progress.show(.transfer($0)) }
            progress.show(.transferred(pushed.totals))
        }
        for output in outputs {
            try store.performExport(
                result.manifest.digest.description, to: output, names: options.names, options.transfer,
                cancellation: surroundings.cancellation)
        }
        if let file = arguments["metadata-file"] {
            try write(result.metadata.pretty() + "\n", to: surroundings.absolute(file))
        }
        if let file = arguments["iidfile"] {
            let id = result.manifest.mediaType.isIndex ? result.manifest.digest : result.config.digest
            try write(id.description, to: surroundings.absolute(file))
        }
        progress.finish()
        if !outputs.contains(where: \.isStandardOutput) {
            StandardStream.output.write("\(result.manifest.digest)\n")
        }
        if let failure = result.cacheExports.compactMap(\.failure).first {
            throw ChalkError(
                failure.kind, "the image is built, but \(failure); ignore-error=true makes this a warning")
        }
    }

    /// A file that could not be written after a long build is better known before it.
    private static func checkDirectory(of file: String?, _ surroundings: Surroundings) throws {
        guard let file else { return }
        let directory = PathText.parent(of: surroundings.absolute(file))
        guard try FileSystem.statusIfPresent(directory)?.kind == .directory else {
            throw ChalkError(.notFound, "cannot write \(file): there is no directory \(directory)")
        }
    }

    private static func write(_ text: String, to path: String) throws {
        let directory = try FileDescriptor.directory(PathText.parent(of: path))
        try AtomicFile.write(Array(text.utf8), to: PathText.name(of: path), in: directory)
    }
}
