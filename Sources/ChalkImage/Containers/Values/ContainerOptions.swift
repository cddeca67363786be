/// How a container is started from an image. What is wrong with it is said when it is.
public struct ContainerOptions: Sendable {
    /// Letters, digits, `_`, `.` and `-`; nil for none. One that has ended gives its name away.
    public var name: String?
    /// Processors: `2`, `0.5`, `500m`; nil for no limit.
    public var cpu: String?
    /// Memory: `2Gi`, `512Mi`, `512m`, a number of bytes; nil for no limit.
    public var memory: String?
    /// Not to be had here: anything but nil is an error.
    public var gpu: String?
    /// `NAME=value`, over the image's variables.
    public var environment: [String] = []
    /// Instead of the image's ENTRYPOINT, whose CMD then does not count either; nil for the image's.
    public var entrypoint: [String]?
    /// Instead of the image's CMD; empty for that.
    public var command: [String] = []
    /// Ports that the container listens on.
    public var ports: [PublishedPort] = []
    /// Volumes and where they are seen.
    public var volumes: VolumeMounts = [:]
    /// Where the image's own lazy files are only to be read.
    public var hasReadOnlyGroups = false
    /// Variables whose values are kept nowhere.
    public var secrets: [Secret] = []
    /// How long it may run; nil for as long as it likes.
    public var lifetime: Duration?
    /// Instead of the image's WORKDIR; nil for that.
    public var workingDirectory: String?
    /// `user[:group]` instead of the image's USER; nil for that.
    public var user: String?
    /// Without a network but loopback, instead of the host's.
    public var isolatesNetwork = false
    /// Whether nothing of it is kept when it has ended.
    public var isRemovedAtEnd = false
    /// Whether a container of the same name that runs is stopped first.
    public var replacesOther = false
    /// Whether its standard input, on which nothing comes, stays open; else it is at its end.
    public var keepsInputOpen = false
    /// Whether one that has no program to run waits for ``Container/stop(grace:)``; else that is an error.
    public var mayIdle = false
    /// Path or name of an OCI runtime; nil is the first of `runc` and `crun` that works.
    public var runtime: String?

    /// Options that say nothing.
    public init() {}
}

/// A port that a container listens on. Containers have the host's network, so it is the host's port as well.
public struct PublishedPort: Hashable, Sendable, CustomStringConvertible {
    /// 1 to 65535.
    public let number: UInt16

    /// A port by its number.
    public init(_ number: UInt16) { self.number = number }

    /// A port as `-p` has it: `8080`, `8080:8080`, `8080/tcp`.
    ///
    /// - Throws: ``ChalkError`` (`invalidInput`), also for two different numbers.
    public init(argument: String) throws(ChalkError) {
        func wrong(_ why: String) -> ChalkError {
            ChalkError(.invalidInput, "the port \"\(argument)\" cannot be published: \(why)")
        }
        let text = argument.hasSuffix("/tcp") ? String(argument.dropLast(4)) : argument
        if text.contains("/") { throw wrong("only TCP ports are") }
        var parts = text.split(separator: ":", omittingEmptySubsequences: false)
        // The address of the host's side, as Docker has it: everything is the host's here.
        if parts.count == 3, ["0.0.0.0", "127.0.0.1", ""].contains(parts[0]) { parts.removeFirst() }
        let numbers = parts.compactMap { UInt16($0) }
        guard (1...2).contains(parts.count), numbers.count == parts.count, !numbers.contains(0),
            let number = numbers.first, let inner = numbers.last
        else { throw wrong("it is PORT or PORT:PORT, each from 1 to 65535") }
        guard number == inner else {
            throw wrong(
                "containers have the host's network, so \(inner) inside is \(inner) outside; have the program"
                    + " listen on \(number) and say -p \(number)")
        }
        self.init(number)
    }

    /// The number.
    public var description: String { String(number) }
}
