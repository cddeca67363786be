import ChalkImage

/// The flags that say how registries are reached; every command that speaks to one has them.
enum TransferFlags {
    static let authfile = CommandSyntax.Flag(
        "authfile", value: "FILE", help: "credentials (default: Docker's and containers' files)")

    static let all: [CommandSyntax.Flag] = [
        .init("plain-http", help: "speak plain HTTP to registries (loopback ones always)"),
        .init(
            "tls-verify", help: "check certificates (default: true); if =false, whoever is between can lie"),
        .init(
            "ca-cert", value: "FILE", repeats: true, help: "trust the authorities in this PEM file as well"),
        .init("cert-dir", value: "DIR", help: "*.crt, NAME.cert and NAME.key for every registry"),
        authfile,
        .init("registries-conf", value: "FILE", help: "mirrors and rules for registries: docs/registries.md"),
    ]

    /// What the environment and the flags say. Warns whenever certificates are not checked.
    static func read(_ arguments: ParsedArguments, _ surroundings: Surroundings) throws -> TransferOptions {
        var options = try TransferOptions(
            environment: surroundings.environment.dictionary,
            rules: arguments["registries-conf"].map(surroundings.absolute))
        if let value = arguments["plain-http"] { options.plainHTTP = value == "true" ? .always : .never }
        options.trust.authorities = arguments.all("ca-cert").map(surroundings.absolute)
        options.trust.directory = arguments["cert-dir"].map(surroundings.absolute)
        if let file = arguments["authfile"] { options.credentials.files = [surroundings.absolute(file)] }
        options.credentials.files = options.credentials.files.map(surroundings.absolute)
        if arguments["tls-verify"] == "false" {
            options.trust.verifies = false
            StandardStream.error.write(
                "warning: certificates of registries are not checked (--tls-verify=false): "
                    + "whoever is between can read passwords and change images\n")
        }
        return options
    }
}
