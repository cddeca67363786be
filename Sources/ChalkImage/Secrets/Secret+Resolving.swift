internal import ChalkSystem

/// Where the values of secrets are looked up.
public struct SecretSources: Sendable {
    /// The variables of whoever starts the container.
    public var environment: [String: String]
    /// Absolute; where relative paths of files begin.
    public var workingDirectory: String
    /// Who knows secrets by name; nil for the variables.
    public var provider: (any SecretProvider)?

    /// Sources from their parts.
    public init(
        environment: [String: String], workingDirectory: String, provider: (any SecretProvider)? = nil
    ) {
        self.environment = environment
        self.workingDirectory = workingDirectory
        self.provider = provider
    }
}

/// Who knows secrets by name: a directory, a command, or something of the caller's.
public protocol SecretProvider: Sendable {
    /// Who that is, for sentences: `the directory /run/secrets`.
    var title: String { get }
    /// The value of a secret; nil when there is none of that name.
    func value(of name: String) throws -> [UInt8]?
    /// All values that are kept together, by key; nil when nothing has that name.
    func values(of integration: String) throws -> [String: [UInt8]]?
}

extension Secret {
    /// Looks the values up, now.
    ///
    /// - Throws: ``ChalkError``: `notFound` that names what is missing, `invalidInput` for what cannot be a variable.
    ///   No sentence holds a value.
    public func resolve(from sources: SecretSources) throws(ChalkError) -> [SecretVariable] {
        switch source {
        case .localVariable(let name, let shown):
            guard let value = sources.environment[name] else {
                throw Secret.missing(shown, "\(name) is not set")
            }
            return [try SecretVariable(shown, bytes: Array(value.utf8))]
        case .localFile(let path):
            let file = PathText.absolute(path, in: sources.workingDirectory)
            var variables: [SecretVariable] = []
            for (name, value) in try EnvironmentFile.read(file, shownAs: path) {
                variables.append(try SecretVariable(name, bytes: value))
            }
            return variables
        case .named(let name, let alias, let prefix):
            return [
                try SecretVariable(prefix + (alias ?? name), bytes: try Secret.value(of: name, sources))
            ]
        case .integration(let name, let keys, let aliases, let prefix):
            let values = try Secret.values(of: name, sources)
            var variables: [SecretVariable] = []
            for key in keys ?? values.keys.sorted() {
                guard let value = values[key] else {
                    throw Secret.missing("\(name)", "it has no key \"\(key)\"")
                }
                let variable = prefix + (aliases[key] ?? key)
                variables.append(try SecretVariable(variable, bytes: Secret.trimmed(value)))
            }
            return variables
        }
    }

    /// The values of several secrets; where two give one variable, the later counts.
    public static func resolve(
        _ secrets: [Secret], from sources: SecretSources
    ) throws(ChalkError) -> [SecretVariable] {
        var variables: [SecretVariable] = []
        for secret in secrets {
            for variable in try secret.resolve(from: sources) {
                variables.removeAll { $0.name == variable.name }
                variables.append(variable)
            }
        }
        return variables
    }

    private static func value(of name: String, _ sources: SecretSources) throws(ChalkError) -> [UInt8] {
        guard let provider = sources.provider else {
            if let value = sources.environment[name] { return Array(value.utf8) }
            throw missing(name, "\(name) is not set, and no provider of secrets was named")
        }
        let value = try ChalkError.wrap { try provider.value(of: name) }
        guard let value else { throw missing(name, "\(provider.title) has none of that name") }
        return trimmed(value)
    }

    private static func values(
        of integration: String, _ sources: SecretSources
    ) throws(ChalkError) -> [String: [UInt8]] {
        guard let provider = sources.provider else {
            throw missing(
                integration, "it is an integration, and no provider of secrets was named")
        }
        let values = try ChalkError.wrap { try provider.values(of: integration) }
        guard let values else {
            throw missing(integration, "\(provider.title) has nothing of that name")
        }
        return values
    }

    private static func missing(_ name: String, _ why: String) -> ChalkError {
        ChalkError(.notFound, "the secret \"\(name)\" has no value: \(why)")
    }

    /// The value without the line feed that editors and `echo` put at the end of a file.
    private static func trimmed(_ value: [UInt8]) -> [UInt8] {
        guard value.last == UInt8(ascii: "\n") else { return value }
        let line = value.dropLast()
        return Array(line.last == UInt8(ascii: "\r") ? line.dropLast() : line)
    }
}
