/// A reference to values that a container or a RUN is given as variables. It holds names and paths, never a value:
/// ``resolve(from:)`` looks the values up when something starts.
public struct Secret: Hashable, Sendable {
    /// Where the values are.
    enum Source: Hashable, Sendable {
        case localVariable(String, as: String)
        case localFile(String)
        case named(String, alias: String?, prefix: String)
        case integration(String, keys: [String]?, aliases: [String: String], prefix: String)
    }

    let source: Source

    init(_ source: Source) { self.source = source }

    /// A variable of whoever starts the container.
    ///
    /// - Parameters:
    ///   - localEnvVar: its name there.
    ///   - envVarName: its name in the container; nil for the same.
    public static func fromLocalEnv(_ localEnvVar: String, envVarName: String? = nil) -> Secret {
        Secret(.localVariable(localEnvVar, as: envVarName ?? localEnvVar))
    }

    /// All variables of a `.env` file (docs/secrets.md says how it is read).
    ///
    /// - Parameter path: a relative one starts at the working directory of whoever starts the container.
    public static func fromLocalEnvFile(_ path: String) -> Secret {
        Secret(.localFile(path))
    }

    /// A secret that a ``SecretProvider`` knows by name; without a provider, a variable of that name.
    ///
    /// - Parameters:
    ///   - name: its name there, and that of the variable.
    ///   - alias: another name for the variable.
    ///   - prefix: what the variable's name begins with.
    public static func fromEnv(_ name: String, alias: String? = nil, prefix: String? = nil) -> Secret {
        Secret(.named(name, alias: alias, prefix: prefix ?? ""))
    }

    /// The same as ``fromEnv(_:alias:prefix:)``.
    public static func named(_ name: String, alias: String? = nil, prefix: String? = nil) -> Secret {
        fromEnv(name, alias: alias, prefix: prefix)
    }

    /// The same as ``fromEnv(_:alias:prefix:)``, as `Secret(name: "KEY", asEnvVar: "OTHER")`.
    public init(name: String, asEnvVar: String? = nil) {
        self.init(.named(name, alias: asEnvVar, prefix: ""))
    }

    /// Several values that a ``SecretProvider`` keeps together.
    ///
    /// - Parameters:
    ///   - keys: which of them, each of which must be there; nil for all.
    ///   - aliases: other names for the variables of some keys.
    ///   - prefix: what the names of all variables begin with.
    public static func fromIntegration(
        _ name: String, keys: [String]? = nil, aliases: [String: String] = [:], prefix: String? = nil
    ) -> Secret {
        Secret(.integration(name, keys: keys, aliases: aliases, prefix: prefix ?? ""))
    }

    /// Whether the values are on this machine, in a variable or a file, and need no provider.
    public var isLazy: Bool {
        switch source {
        case .localVariable, .localFile: true
        case .named, .integration: false
        }
    }
}

/// A variable whose value is a secret.
public struct SecretVariable: Hashable, Sendable, CustomStringConvertible, CustomReflectable {
    /// What the container calls it.
    public let name: String
    /// The value.
    public let value: String

    /// A variable from its parts.
    ///
    /// - Throws: ``ChalkError`` (`invalidInput`) for what no process can be given; the sentence names the variable.
    init(_ name: String, bytes: [UInt8]) throws(ChalkError) {
        guard !name.isEmpty, !name.utf8.contains(where: { $0 == UInt8(ascii: "=") || $0 < 0x20 }) else {
            throw ChalkError(.invalidInput, "a secret cannot be put into a variable called \"\(name)\"")
        }
        guard bytes.count <= BuildSecret.limit else {
            throw ChalkError(
                .invalidInput, "the secret \"\(name)\" has more than \(BuildSecret.limit) bytes")
        }
        guard let value = String(validating: bytes, as: UTF8.self), !bytes.contains(0) else {
            throw ChalkError(
                .invalidInput, "the secret \"\(name)\" cannot be put into a variable: it is no text")
        }
        self.name = name
        self.value = value
    }

    /// `NAME=value`, as processes are given it.
    public var assignment: String { "\(name)=\(value)" }

    /// The name; never the value.
    public var description: String { "the secret \(name)" }

    /// Never the value.
    public var customMirror: Mirror { Mirror(self, children: ["name": name]) }
}
