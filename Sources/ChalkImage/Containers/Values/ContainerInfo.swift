public import ChalkOCI

/// What is known of a container at a time.
public struct ContainerInfo: Hashable, Sendable {
    /// Where it is in its life.
    public enum Status: String, Hashable, Sendable {
        /// Its process has not started yet.
        case starting = "Starting"
        /// Its process runs.
        case running = "Running"
        /// Its process has ended.
        case exited = "Exited"
    }

    /// How its process ended.
    public struct End: Hashable, Sendable {
        /// What a shell would report: the exit status, or 128 and the signal.
        public let exitCode: Int32
        /// The signal that ended it, if one did.
        public let signal: Int32?
        /// Whether the kernel has killed something in it because its memory was used up.
        public let ranOutOfMemory: Bool
        /// What else there is to say, for people.
        public let reason: String?
    }

    /// Sixteen hexadecimal digits.
    public let id: String
    /// The name that it was given.
    public let name: String?
    /// Where it is in its life.
    public let status: Status
    /// The image as it was called.
    public let image: String
    /// The image's manifest.
    public let imageDigest: Digest
    /// Program and arguments.
    public let command: [String]
    /// Its process on the host, while it runs.
    public let processID: Int32?
    /// When it was started, in seconds since 1970.
    public let created: Int64
    /// When it ended, in seconds since 1970.
    public let finished: Int64?
    /// How it ended; nil while it has not.
    public let end: End?
    /// What it listens on.
    public let ports: [PublishedPort]

    /// Where its first port answers; nil for one without.
    public var webURL: String? { ports.first.map { "http://127.0.0.1:\($0)" } }
    /// The name, else the ID.
    public var title: String { name ?? id }
}

extension ContainerInfo {
    /// One object of `ps --json`.
    package var json: JSON {
        .object(present: [
            ("id", .string(id)), ("name", name.map { .string($0) }), ("status", .string(status.rawValue)),
            ("image", .string(image)), ("imageDigest", .string(imageDigest.description)),
            ("command", .strings(command)), ("pid", processID.map { .integer(Int64($0)) }),
            ("created", .integer(created)), ("finished", finished.map { .integer($0) }),
            ("exitCode", end.map { .integer(Int64($0.exitCode)) }),
            ("signal", end?.signal.map { .integer(Int64($0)) }),
            ("outOfMemory", end.map { .bool($0.ranOutOfMemory) }),
            ("reason", end?.reason.map { .string($0) }),
            ("ports", .array(ports.map { .integer(Int64($0.number)) })), ("url", webURL.map { .string($0) }),
        ])
    }
}
