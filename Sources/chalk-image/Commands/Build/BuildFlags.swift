import ChalkImage
import ChalkOCI
import ChalkSystem

/// The flags that say how steps run and what keys depend on; `build` and `plan` share them.
enum BuildFlags {
    static let all = own + RunStepFlags.all + TransferFlags.all

    private static let own: [CommandSyntax.Flag] = [
        .init(
            "file", "f", value: "DOCKERFILE",
            help: "build this Dockerfile (- for standard input) rather than that of the CONTEXT"),
        .init(
            "build-arg", value: "NAME=VALUE", repeats: true,
            help: "a value for ARG; NAME alone takes it from the environment"),
        .init(
            "build-context", value: "NAME=VALUE", repeats: true,
            help: "NAME in FROM and --from: a directory, docker-image://REF, oci-layout://PATH or URL"),
        .init("target", value: "STAGE", help: "stop at this stage of a Dockerfile"),
        .init(
            "platform", value: "OS/ARCH[,…]",
            help: "what the image is for (default: this machine); several make an index"),
        .init("pull", help: "ask the registry for the base even when the store has it"),
        .init("no-cache", help: "execute every step"),
        .init(
            "cache-from", value: "REF", repeats: true,
            help: "a cache in a registry to ask for earlier results"),
        .init("network", value: "default|none|host", help: "the network of RUN steps"),
        .init("host-certs", help: "RUN steps see this host's CA bundle instead of the image's"),
        .init("run-env", value: "NAME[=VALUE]", repeats: true, help: "a variable for RUN steps only"),
        .init("runtime", value: "PATH", help: "the OCI runtime (default: runc, else crun)"),
        .init(
            "compression", value: "TYPE[,level=N]",
            help: "gzip, zstd or none for new layers (default: gzip,level=5)"),
        .init(
            "estargz",
            help: "gzip layers that runtimes with lazy pulling (stargz-snapshotter) can read in parts"),
        .init(
            "split-layers",
            help: "several layers for a large step of files, so that an edit re-sends one (default)"
        ),
        .init("no-split-layers", help: "one layer for each step of files, however large"),
        .init("strict", help: "warnings about the spec are errors"),
    ]

    /// Variables that git may need for ADD.
    private static let sourceVariables = [
        "PATH", "HOME", "XDG_CONFIG_HOME", "SSH_AUTH_SOCK", "SSL_CERT_FILE", "GIT_SSL_CAINFO", "HTTP_PROXY",
        "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "no_proxy", "all_proxy",
    ]

    /// The image and the options that a command line says.
    static func read(
        _ arguments: ParsedArguments, _ surroundings: Surroundings, command: String
    ) throws -> (Image, BuildOptions) {
        let options = try Self.options(arguments, surroundings, command: command)
        return (try image(arguments, surroundings) { UsageError($0, command: command) }, options)
    }

    /// The options alone.
    static func options(
        _ arguments: ParsedArguments, _ surroundings: Surroundings, command: String
    ) throws -> BuildOptions {
        func wrong(_ what: String) -> UsageError { UsageError(what, command: command) }
        var options = BuildOptions()
        options.ignoresCache = arguments.isSet("no-cache")
        options.cacheSources = try arguments.all("cache-from").map { try CacheArgument.source($0, wrong) }
        options.pullsBase = arguments.isSet("pull")
        options.transfer = try TransferFlags.read(arguments, surroundings)
        options.isStrict = arguments.isSet("strict")
        options.target = arguments["target"]
        options.runtime = arguments["runtime"]
        if let text = arguments["platform"] {
            let platforms = try text.split(separator: ",", omittingEmptySubsequences: false).map { word in
                guard let platform = Platform(String(word)) else {
                    throw wrong("--platform is OS/ARCH such as linux/amd64, not \"\(text)\"")
                }
                return platform
            }
            options.platform = platforms[0]
            if platforms.count > 1 { options.platforms = platforms }
        }
        switch arguments["network"] {
        case nil, "default", "host": break
        case "none": options.isolatesNetwork = true
        case let other?: throw wrong("--network is default, none or host, not \"\(other)\"")
        }
        for text in arguments.all("build-arg") {
            let (name, value) = try variable(text, flag: "--build-arg", surroundings, wrong)
            if let value { options.buildArguments[name] = value }
        }
        for text in arguments.all("build-context") {
            let name = String(text.prefix { $0 != "=" })
            let value = String(text.dropFirst(name.count + 1))
            if name.isEmpty || value.isEmpty { throw wrong("--build-context is NAME=VALUE, not \"\(text)\"") }
            options.buildContexts[name] = BuildOptions.buildContext(value) { surroundings.absolute($0) }
        }
        options.sourceEnvironment = surroundings.environment.values(of: BuildFlags.sourceVariables)
        for text in arguments.all("run-env") {
            let (name, value) = try variable(text, flag: "--run-env", surroundings, wrong)
            if let value { options.runEnvironment.append("\(name)=\(value)") }
        }
        try RunStepFlags.read(arguments, surroundings, into: &options, wrong)
        options.splitsLayers = !arguments.isSet("no-split-layers")
        if !options.splitsLayers, arguments.isSet("split-layers") {
            throw wrong("--split-layers and --no-split-layers cannot both be given")
        }
        let configured = try Configuration.read(surroundings).compression
        if let text = arguments["compression"] {
            options.compression = try CompressionArgument.read(text) { wrong("--compression \($0)") }
        } else if let configured {
            options.compression = configured
        }
        if arguments.isSet("estargz") {
            options.compression = try CompressionArgument.estargz(
                isNamed: arguments["compression"] != nil, options.compression, wrong)
        }
        if let text = surroundings.environment["SOURCE_DATE_EPOCH"], !text.isEmpty {
            guard let seconds = Int64(text), seconds >= 0 else {
                throw wrong("SOURCE_DATE_EPOCH is a number of seconds since 1970, not \"\(text)\"")
            }
            options.epoch = Timestamp(seconds)
        }
        if arguments.isSet("host-certs") { options.hostCertificates = try hostBundle(surroundings) }
        if arguments["file"] != nil { options.contextDirectory = try context(arguments, surroundings) }
        return options
    }

    private static func context(_ arguments: ParsedArguments, _ surroundings: Surroundings) throws -> String {
        let word = arguments.operands.first ?? "."
        let path = surroundings.absolute(word)
        guard try FileSystem.statusIfPresent(path)?.kind == .directory else {
            throw ChalkError(.notFound, "the build context \(word) is not a directory")
        }
        return path
    }

    private static func image(
        _ arguments: ParsedArguments, _ surroundings: Surroundings, _ wrong: (String) -> UsageError
    ) throws -> Image {
        if let file = arguments["file"] {
            if file != "-" { return try Image.fromDockerfile(surroundings.absolute(file)) }
            let bytes = try FileDescriptor.standardInput().readToEnd(limit: DockerfileReading.limit)
            return try Image.fromDockerfile(contents: bytes, name: "standard input")
        }
        guard let spec = arguments.operands.first else {
            throw wrong("a SPEC or a CONTEXT is missing")
        }
        return try SpecArgument.image(spec, surroundings)
    }

    /// Name and value of a `NAME=VALUE` word; `NAME` alone takes the value from the environment, nil where it is
    /// unset.
    static func variable(
        _ text: String, flag: String, _ surroundings: Surroundings, _ wrong: (String) -> UsageError
    ) throws -> (String, String?) {
        let name = String(text.prefix { $0 != "=" })
        if name.isEmpty { throw wrong("\(flag) is NAME=VALUE, not \"\(text)\"") }
        if name.count < text.count { return (name, String(text.dropFirst(name.count + 1))) }
        return (name, surroundings.environment[name])
    }

    private static func hostBundle(_ surroundings: Surroundings) throws -> String {
        let candidates =
            [surroundings.environment["SSL_CERT_FILE"]].compactMap { $0 } + [
                "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem",
            ]
        for path in candidates {
            if try FileSystem.statusIfPresent(path)?.kind == .file { return try FileSystem.resolved(path) }
        }
        throw ChalkError(.notFound, "--host-certs finds no CA bundle on this host; install ca-certificates")
    }
}
