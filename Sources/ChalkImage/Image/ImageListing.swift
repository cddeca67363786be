internal import ChalkContext
internal import ChalkSpec
internal import ChalkSystem

/// Lists local directories for volumes and for protobuf: the walk of the context, links resolved.
enum ImageListing {
    /// The files of `dir` by the ignore rules of the spec, links inside it replaced by what they lead to.
    static func files(of dir: LocalDir) throws -> [ListedFile] {
        let options = ContextWalker.Options(
            exclude: dir.exclude.map { Array($0.utf8) }, readsStatus: true)
        let root = try FileDescriptor.directory(dir.src)
        let entries = try ContextWalker(options: options).collect(root).entries
        return try LocalDirTree(of: dir, entries: entries.map { ($0.path, kind(of: $0)) }).files()
    }

    private static func kind(of entry: ContextEntry) -> LocalDirTree.Kind {
        switch (entry.kind, entry.status) {
        case (.file, let status?):
            .file(executable: status.mode & 0o100 != 0, size: Int(clamping: status.size))
        case (.directory, _): .directory
        case (.link, _): .link(target: entry.linkTarget ?? [])
        default: .other
        }
    }
}
