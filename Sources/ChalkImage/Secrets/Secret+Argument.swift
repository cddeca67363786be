extension Secret {
    /// A secret as `--secret` has it: `NAME`, or fields with commas between them, of which the first says the kind:
    /// `env=VAR[,as=NAME]`, `file=PATH`, `name=NAME[,as=ALIAS][,prefix=P]`,
    /// `integration=NAME[,key=K]…[,alias=K:NAME]…[,prefix=P]`.
    ///
    /// - Throws: ``ChalkError`` (`invalidInput`).
    public init(argument: String) throws(ChalkError) {
        guard argument.contains("=") else {
            guard !argument.isEmpty, !argument.contains(",") else { throw Secret.wrong(argument) }
            self = .named(argument)
            return
        }
        var fields: [(name: String, value: String)] = []
        for field in argument.split(separator: ",", omittingEmptySubsequences: false) {
            let name = field.prefix { $0 != "=" }
            let value = field.dropFirst(name.count + 1)
            guard name.count < field.count, !value.isEmpty else { throw Secret.wrong(argument) }
            fields.append((String(name), String(value)))
        }
        let first = fields.removeFirst()
        func take(_ name: String) -> [String] {
            let values = fields.filter { $0.name == name }.map(\.value)
            fields.removeAll { $0.name == name }
            return values
        }
        switch first.name {
        case "env": self = .fromLocalEnv(first.value, envVarName: take("as").last)
        case "file": self = .fromLocalEnvFile(first.value)
        case "name": self = .named(first.value, alias: take("as").last, prefix: take("prefix").last)
        case "integration":
            let keys = take("key")
            var aliases: [String: String] = [:]
            for alias in take("alias") {
                let key = alias.prefix { $0 != ":" }
                guard key.count + 1 < alias.count, !key.isEmpty else { throw Secret.wrong(argument) }
                aliases[String(key)] = String(alias.dropFirst(key.count + 1))
            }
            self = .fromIntegration(
                first.value, keys: keys.isEmpty ? nil : keys, aliases: aliases, prefix: take("prefix").last)
        default: throw Secret.wrong(argument)
        }
        if !fields.isEmpty { throw Secret.wrong(argument) }
    }

    /// The words are shown only as far as they are names of fields: somebody may have typed a value.
    private static func wrong(_ argument: String) -> ChalkError {
        let names = argument.split(separator: ",").map {
            $0.contains("=") ? $0.prefix { $0 != "=" } + "=…" : "…"
        }
        return ChalkError(
            .invalidInput,
            "a secret is NAME, env=VAR[,as=NAME], file=PATH, name=NAME[,as=ALIAS][,prefix=P] or "
                + "integration=NAME[,key=K][,alias=K:NAME][,prefix=P], not \(names.joined(separator: ","))")
    }
}
