internal import ChalkContext
internal import ChalkSpec
internal import ChalkSystem

/// A local directory of a spec as a walk found it, links resolved: which files are meant, and what they looked like.
struct LocalTree {
    /// Where it is.
    let directory: HostDirectory
    /// What the ignore files should be warned about.
    let warnings: [IgnoreWarning]
    private let listing: ContextListing
    /// Its files by the ignore rules, links replaced by what they lead to.
    let files: [ListedFile]
    private let prefix: Int

    /// Walks a directory.
    init(_ dir: LocalDir) throws {
        directory = try HostDirectory(dir.src)
        let walker = try ContextWalker(
            options: .init(
                exclude: dir.exclude.map { Array($0.utf8) }, readsStatus: true, findsDifferences: true))
        var listing = ContextListing()
        warnings = try walker.walk(directory.descriptor) { entry, verdict in
            if !verdict.isIgnored { listing.append(entry) }
        }
        self.listing = listing
        files = try LocalDirTree(
            of: dir, entries: (0..<listing.count).map { (Array(listing.path($0)), listing.localKind($0)) }
        ).files()
        prefix = dir.src == "/" ? 1 : dir.src.utf8.count + 1
    }

    /// What volumes and protobuf take of a directory.
    static func files(of dir: LocalDir) throws -> [ListedFile] { try LocalTree(dir).files }

    /// Where a file's content is below the directory, and what it looked like.
    func source(of file: ListedFile) throws -> (path: [UInt8], stamp: FileStamp) {
        let path = Array(file.source.utf8.dropFirst(prefix))
        guard let index = listing.index(of: path) else {
            throw ChalkError(.failed, "\(file.source) is not where it was found; build again")
        }
        return (path, listing.stamp(index))
    }
}

extension ContextListing {
    fileprivate func localKind(_ index: Int) -> LocalDirTree.Kind {
        switch kind(index) {
        case .file:
            .file(executable: stamp(index).mode & 0o100 != 0, size: Int(clamping: stamp(index).size))
        case .directory: .directory
        case .link: .link(target: target(index))
        default: .other
        }
    }
}
