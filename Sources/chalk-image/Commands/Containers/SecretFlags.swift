import ChalkImage
import ChalkSystem

/// The flags that name secrets for containers. They hold names and paths; values are looked up when something starts.
enum SecretFlags {
    static let all: [CommandSyntax.Flag] = [
        .init(
            "secret", value: "NAME|env=NAME|file=FILE|name=NAME[,as=VARIABLE][,prefix=P]", repeats: true,
            help: "a variable whose value is kept nowhere")
    ]

    static func read(_ arguments: ParsedArguments, _ surroundings: Surroundings) throws -> [Secret] {
        try arguments.all("secret").map { try secret($0) }
    }

    static func sources(_ arguments: ParsedArguments, _ surroundings: Surroundings) throws -> SecretSources {
        SecretSources(
            environment: surroundings.environment.dictionary, workingDirectory: surroundings.workingDirectory)
    }

    private static func secret(_ text: String) throws -> Secret {
        func wrong() -> UsageError {
            UsageError(
                "--secret is NAME, env=NAME, file=FILE or name=NAME, with as=VARIABLE behind it, not \"\(text)\"",
                command: "run")
        }
        var fields: [String: String] = [:]
        for field in text.split(separator: ",", omittingEmptySubsequences: false) {
            let name = String(field.prefix { $0 != "=" })
            if name == field, fields.isEmpty {
                fields["name"] = name
                continue
            }
            guard ["env", "file", "name", "as", "prefix"].contains(name), name.count < field.count,
                fields[name] == nil
            else { throw wrong() }
            fields[name] = String(field.dropFirst(name.count + 1))
        }
        if fields.values.contains("") { throw wrong() }
        switch (fields["env"], fields["file"], fields["name"]) {
        case (let name?, nil, nil): return .fromLocalEnv(name, envVarName: fields["as"])
        case (nil, let path?, nil): return .fromLocalEnvFile(path)
        case (nil, nil, let name?): return .fromEnv(name, alias: fields["as"], prefix: fields["prefix"])
        default: throw wrong()
        }
    }
}
