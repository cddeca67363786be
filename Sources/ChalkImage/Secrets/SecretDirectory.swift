internal import ChalkSystem

/// A directory that holds secrets: a file for each, or a directory of files for what belongs together, as Kubernetes
/// and Docker mount them.
public struct SecretDirectory: SecretProvider, Hashable {
    /// Absolute.
    public let path: String

    /// A directory of secrets; it is looked into when something starts.
    public init(path: String) { self.path = path }

    /// Who this is, for sentences.
    public var title: String { "the directory \(path)" }

    /// What the file of a name holds.
    public func value(of name: String) throws -> [UInt8]? {
        guard SecretDirectory.isPlain(name) else { return nil }
        return try read("\(path)/\(name)")
    }

    /// What the files in the directory of a name hold.
    public func values(of integration: String) throws -> [String: [UInt8]]? {
        let place = "\(path)/\(integration)"
        guard SecretDirectory.isPlain(integration),
            try FileSystem.statusIfPresent(place)?.kind == .directory
        else { return nil }
        var values: [String: [UInt8]] = [:]
        for entry in try FileDescriptor.directory(place).entries() where entry.name.first != UInt8(ascii: ".")
        {
            if let value = try read("\(place)/\(entry.name.display)") { values[entry.name.display] = value }
        }
        return values
    }

    /// A file's content; nil where there is none. Links are followed: Kubernetes makes them.
    private func read(_ path: String) throws -> [UInt8]? {
        guard try FileSystem.statusIfPresent(path)?.kind == .file else { return nil }
        return try FileSystem.read(path, limit: BuildSecret.limit)
    }

    /// Whether a name stays in the directory.
    private static func isPlain(_ name: String) -> Bool {
        !name.isEmpty && !name.contains("/") && name != "." && name != ".." && !name.utf8.contains(0)
    }
}
