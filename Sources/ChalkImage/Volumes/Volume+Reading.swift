internal import ChalkStore
package import ChalkSystem

extension Volume {
    /// A file's content.
    ///
    /// - Parameters:
    ///   - path: from the top of the volume.
    ///   - version: the digest of an earlier version, or its first digits; nil is the newest.
    /// - Throws: ``ChalkError`` (`notFound`) for what is not there or is no file.
    public func readFile(_ path: String, version: String? = nil) throws(ChalkError) -> [UInt8] {
        let sink = MemorySink()
        try ChalkError.wrap { try copy(Array(path.utf8), version: version, to: sink) }
        return sink.bytes
    }

    /// The same as ``readFile(_:version:)``.
    public func get(_ path: String, version: String? = nil) throws(ChalkError) -> [UInt8] {
        try readFile(path, version: version)
    }

    /// The files and links whose paths begin with some text, by path.
    ///
    /// - Parameter recursive: false for names of one directory only, that of the prefix up to its last slash, with the
    ///   directories in it.
    public func list(
        prefix: String = "", recursive: Bool = true, version: String? = nil
    ) throws(ChalkError) -> [VolumeFileInfo] {
        try ChalkError.wrap {
            let bytes = Array(prefix.utf8.drop { $0 == UInt8(ascii: "/") })
            let end = bytes.lastIndex(of: UInt8(ascii: "/")) ?? 0
            let place = try VolumePath(Array(bytes[..<end]))
            let version = try volumes.version(key, version)
            guard let node = try? volumes.node(place, of: version), case .directory(let tree) = node else {
                return []
            }
            return try volumes.items(below: tree, at: place, recursive: recursive)
                .filter { $0.path.starts(with: bytes) && !(recursive && $0.isDirectory) }
                .map { VolumeFileInfo($0) }
        }
    }

    /// The same as ``list(prefix:recursive:version:)``.
    public func listdir(prefix: String = "", recursive: Bool = true) throws(ChalkError) -> [VolumeFileInfo] {
        try list(prefix: prefix, recursive: recursive)
    }

    /// What a person means by a path: the entries of a directory, or the one file.
    package func entries(
        at path: [UInt8], recursive: Bool, version: String?
    ) throws(ChalkError) -> [VolumeFileInfo] {
        try ChalkError.wrap {
            let path = try VolumePath(path)
            let node = try volumes.node(path, of: try volumes.version(key, version))
            guard case .directory(let tree) = node else {
                return [VolumeFileInfo(.init(path: path.bytes, node: node))]
            }
            return try volumes.items(below: tree, at: path, recursive: recursive).map { VolumeFileInfo($0) }
        }
    }

    /// Gives a file's content to a sink.
    package func copy(_ path: [UInt8], version: String?, to sink: some ByteSink) throws {
        let path = try VolumePath(path)
        switch try volumes.node(path, of: try volumes.version(key, version)) {
        case .file(let file): try volumes.read(file, into: sink)
        case .directory: throw ChalkError(.invalidInput, "\(path) is a directory in the volume \(name)")
        case .link(let target):
            throw ChalkError(
                .invalidInput, "\(path) is a link to \(target.display) in the volume \(name), and no file")
        }
    }

    /// Writes a file, link or directory to the host.
    ///
    /// - Parameters:
    ///   - destination: a path of the host. For a file it may be a directory to put it in; for a directory it is made,
    ///     and must be empty where it is there.
    public func download(
        _ path: String, to destination: String, version: String? = nil
    ) throws(ChalkError) {
        try ChalkError.wrap {
            try download(Array(path.utf8), to: destination, version: version)
        }
    }

    package func download(_ path: [UInt8], to destination: String, version: String?) throws {
        let path = try VolumePath(path)
        let node = try volumes.node(path, of: try volumes.version(key, version))
        if case .directory(let tree) = node {
            try FileSystem.makeDirectories(destination)
            let directory = try FileDescriptor.directory(destination)
            guard try directory.entries().isEmpty else {
                throw ChalkError(
                    .invalidInput, "\(destination) is not empty; name a new or empty directory to write to")
            }
            return try volumes.write(tree, into: directory)
        }
        let isDirectory = try FileSystem.statusIfPresent(destination)?.kind == .directory
        let folder = isDirectory ? destination : PathText.parent(of: destination)
        let file = isDirectory ? path.components.last ?? [] : Array(PathText.name(of: destination).utf8)
        try volumes.write(node, as: file, into: try FileDescriptor.directory(folder))
    }
}

extension Volumes.Item {
    var isDirectory: Bool {
        if case .directory = node { return true }
        return false
    }
}
