internal import ChalkSystem

/// A value for `RUN --mount=type=secret`: seen by the steps that ask for it, and kept nowhere.
public struct BuildSecret: Sendable, CustomStringConvertible, CustomReflectable {
    /// The value.
    public let bytes: [UInt8]

    /// The most bytes that a secret has, as in BuildKit.
    public static let limit = 500 << 10

    /// A secret of some bytes.
    ///
    /// - Throws: ``ChalkError`` (`invalidInput`) for more than ``limit``.
    public init(_ bytes: [UInt8]) throws {
        guard bytes.count <= BuildSecret.limit else {
            throw ChalkError(.invalidInput, "a secret has at most \(BuildSecret.limit) bytes")
        }
        self.bytes = bytes
    }

    /// The content of a file.
    public init(file path: String) throws {
        self = try ChalkError.wrap { () throws -> BuildSecret in
            guard try FileSystem.statusIfPresent(path)?.kind == .file else {
                throw ChalkError(.notFound, "the secret's file \(path) is not there, or is no file")
            }
            return try BuildSecret(try FileSystem.read(path, limit: BuildSecret.limit))
        }
    }

    /// Never the value.
    public var description: String { "a secret" }

    /// Never the value.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}

/// What answers `RUN --mount=type=ssh`.
public enum BuildAgent: Sendable {
    /// An agent that runs, by the path of its socket.
    case socket(String)
    /// Private keys without a passphrase, by the paths of their files; `ssh-agent` holds them while a step runs.
    case keys([String])

    /// The agent behind some paths: one socket, or any number of key files.
    public init(paths: [String]) throws {
        self = try ChalkError.wrap { () throws -> BuildAgent in
            for path in paths {
                guard let status = try FileSystem.statusIfPresent(path) else {
                    throw ChalkError(.notFound, "the SSH agent or key \(path) is not there")
                }
                if status.kind == .socket, paths.count == 1 { return .socket(path) }
                guard status.kind == .file else {
                    throw ChalkError(
                        .invalidInput,
                        "\(path) is neither an SSH key nor the only socket; give one agent, or keys")
                }
            }
            if paths.isEmpty {
                throw ChalkError(
                    .invalidInput, "there is no SSH agent: SSH_AUTH_SOCK is not set; give key files")
            }
            return .keys(paths)
        }
    }
}

/// A name that RUN steps know, beside those of this host's /etc/hosts.
public struct BuildHost: Hashable, Sendable {
    /// The name.
    public let name: String
    /// IPv4 or IPv6.
    public let address: String

    /// A name with its address.
    public init(name: String, address: String) {
        self.name = name
        self.address = address
    }
}
