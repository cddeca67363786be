internal import ChalkSystem

/// A volume and where a container sees it.
public struct VolumeMount: Hashable, Sendable {
    /// The volume's name.
    public let name: String
    /// Absolute in the container, without a slash at its end.
    public let path: String
    /// Whether the container may only read it.
    public let isReadOnly: Bool

    /// A mount from its parts.
    ///
    /// - Throws: ``ChalkError`` (`invalidInput`) for a name that no volume can have, and for a path that is relative,
    ///   the root, or goes up.
    public init(name: String, path: String, isReadOnly: Bool = false) throws(ChalkError) {
        try ChalkError.wrap { try VolumeMount.check(name: name) }
        guard path.hasPrefix("/"), !path.utf8.contains(0),
            !path.split(separator: "/").contains("..")
        else {
            throw ChalkError(
                .invalidInput,
                "the volume \(name) cannot be mounted at \"\(path)\": the path must be absolute and without .."
            )
        }
        let plain = PathText.normalized(path)
        if plain == "/" {
            throw ChalkError(
                .invalidInput, "the volume \(name) cannot be mounted at /; name a directory below it")
        }
        self.name = name
        self.path = plain
        self.isReadOnly = isReadOnly
    }

    /// A mount as `-v` has it: `NAME:/path`, with `:ro` or `:rw` behind it.
    public init(argument: String) throws(ChalkError) {
        let parts = argument.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard (2...3).contains(parts.count), parts.count == 2 || ["ro", "rw"].contains(parts[2]) else {
            throw ChalkError(
                .invalidInput, "a volume is mounted by NAME:/path or NAME:/path:ro, not \"\(argument)\"")
        }
        try self.init(name: parts[0], path: parts[1], isReadOnly: parts.count == 3 && parts[2] == "ro")
    }
}

/// The volumes of a container, in either spelling: `["data": "/data"]` or `[("data", "/data")]`. What is wrong with
/// them is said when they are checked.
public struct VolumeMounts: Hashable, Sendable, ExpressibleByDictionaryLiteral, ExpressibleByArrayLiteral {
    private struct Item: Hashable, Sendable {
        let name: String
        let path: String
        let isReadOnly: Bool
    }

    private var items: [Item]

    /// Mounts by the names of volumes.
    public init(dictionaryLiteral elements: (String, String)...) { self.init(elements) }

    /// Mounts as pairs of name and path.
    public init(arrayLiteral elements: (String, String)...) { self.init(elements) }

    /// Mounts as pairs of name and path.
    public init(_ pairs: some Sequence<(String, String)>) {
        items = pairs.map { Item(name: $0.0, path: $0.1, isReadOnly: false) }
    }

    /// Mounts that were checked.
    public init(_ mounts: [VolumeMount]) {
        items = mounts.map { Item(name: $0.name, path: $0.path, isReadOnly: $0.isReadOnly) }
    }

    /// The mounts, parents first.
    ///
    /// - Throws: ``ChalkError`` (`invalidInput`) for a mount that cannot be, and for two at one path.
    public func checked() throws(ChalkError) -> [VolumeMount] {
        var mounts: [VolumeMount] = []
        for item in items {
            let mount = try VolumeMount(name: item.name, path: item.path, isReadOnly: item.isReadOnly)
            if let other = mounts.first(where: { $0.path == mount.path }) {
                throw ChalkError(
                    .invalidInput,
                    "the volumes \(other.name) and \(mount.name) are both mounted at \(mount.path); choose "
                        + "another path for one of them")
            }
            mounts.append(mount)
        }
        return mounts.sorted { ($0.path.utf8.count, $0.path) < ($1.path.utf8.count, $1.path) }
    }
}
