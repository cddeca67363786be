internal import ChalkContext
internal import ChalkSystem

/// A directory whose ignore files are looked at.
struct IgnoreTree: ~Copyable {
    let root: FileDescriptor
    /// Its `.dockerignore`, where profile `docker` is asked for.
    let dockerignore: IgnoreFile?

    /// Opens a directory.
    ///
    /// - Throws: ``ChalkError``: `notFound` where there is nothing, `invalidInput` where there is something else.
    init(_ directory: String, readsDockerignore: Bool) throws {
        guard let status = try FileSystem.statusIfPresent(directory) else {
            throw ChalkError(.notFound, "there is no directory \(directory)")
        }
        guard status.kind == .directory else {
            throw ChalkError(.invalidInput, "\(directory) is not a directory; name the root of a tree")
        }
        let path = "\(directory)/.dockerignore"
        var file: IgnoreFile?
        if readsDockerignore, try FileSystem.statusIfPresent(path)?.kind == .file {
            file = try IgnoreFile(
                try FileSystem.read(path, limit: 16 << 20), path: Array(".dockerignore".utf8),
                profile: .docker)
        }
        let descriptor = try FileDescriptor.directory(directory)
        dockerignore = file
        root = descriptor
    }
}

extension FileStatus.Kind {
    /// The word for a program that reads JSON.
    var word: String {
        switch self {
        case .file: "file"
        case .directory: "directory"
        case .link: "link"
        case .fifo: "fifo"
        case .socket: "socket"
        case .characterDevice: "character-device"
        case .blockDevice: "block-device"
        case .unknown: "unknown"
        }
    }
}
