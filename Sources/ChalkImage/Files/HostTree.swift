internal import ChalkArchive
internal import ChalkContext
internal import ChalkPlan
internal import ChalkSystem

/// A directory of the host that COPY and ADD take files from, after its `.dockerignore`: the build context, a named
/// one, or the checkout of a repository.
struct HostTree {
    /// How a tree is read.
    struct Rules {
        /// The Dockerfile's path, whose own ignore file comes before the context's.
        var dockerfile: String?
        /// Whether ignore files count.
        var readsIgnoreFile = true
        /// Whether entries called `.git` are left out.
        var dropsGit = false
        /// What errors call the tree.
        var name = "the build context"
    }

    /// Where it is.
    let directory: HostDirectory
    /// What the ignore file had to say.
    let warnings: [String]
    /// Everything that it offers.
    let listing: ContextListing
    private let name: String
    private let ignoreFile: String?

    /// Walks a directory once.
    init(_ path: String, _ rules: Rules) throws {
        directory = try HostDirectory(path)
        let ignoreFile = rules.readsIgnoreFile ? try HostTree.ignoreFile(path, rules.dockerfile) : nil
        let options = ContextWalker.Options(
            profile: .docker, dockerignore: ignoreFile?.file, readsStatus: true, dropsGit: rules.dropsGit)
        var listing = ContextListing()
        let warnings = try ContextWalker(options: options).walk(directory.descriptor) { entry, verdict in
            if !verdict.isIgnored { listing.append(entry) }
        }
        self.listing = listing
        self.warnings = warnings.map(\.description)
        name = rules.name
        self.ignoreFile = ignoreFile?.path
    }

    /// The ignore file that counts, and where it is: the Dockerfile's own, else the context's; nil for none.
    static func ignoreFile(
        _ directory: String, _ dockerfile: String?
    ) throws -> (path: String, file: IgnoreFile)? {
        let candidates = [dockerfile.map { $0 + ".dockerignore" }, directory + "/.dockerignore"]
        for path in candidates.compactMap({ $0 }) {
            guard try FileSystem.statusIfPresent(path)?.kind == .file else { continue }
            let file = try IgnoreFile(
                try FileSystem.read(path, limit: 16 << 20), path: Array(PathText.name(of: path).utf8),
                profile: .docker)
            return (path, file)
        }
        return nil
    }
}

extension HostTree: SourceTree {
    func look(_ path: [UInt8]) -> LowerNode {
        if path.isEmpty { return .directory(mode: 0o755, uid: 0, gid: 0) }
        guard let index = listing.index(of: path) else {
            // A directory that is ignored itself may hold what an exception keeps.
            return listing.below(path).isEmpty ? .missing : .directory(mode: 0o755, uid: 0, gid: 0)
        }
        switch listing.kind(index) {
        case .directory: return .directory(mode: 0o755, uid: 0, gid: 0)
        case .link: return .link(target: listing.target(index))
        default: return .file
        }
    }

    func names(in directory: [UInt8]) -> [[UInt8]] {
        let below = listing.below(directory)
        var names: [[UInt8]] = []
        var next = below.lowerBound
        let skipped = directory.isEmpty ? 0 : directory.count + 1
        while next < below.upperBound {
            let path = Array(listing.path(next))
            let name = Array(path.dropFirst(skipped).prefix { $0 != UInt8(ascii: "/") })
            names.append(name)
            next = max(next + 1, listing.below(LayerPaths.join(directory, name)).upperBound)
        }
        return names
    }

    func entry(at path: [UInt8]) -> Int? { listing.index(of: path) }

    func entries(below directory: [UInt8]) -> [Int] { Array(listing.below(directory)) }

    func path(of entry: Int) -> [UInt8] { Array(listing.path(entry)) }

    func missing(_ pattern: String) -> ChalkError {
        let path = ImageTreePath.normalized(pattern)
        let isThere = (try? FileSystem.statusIfPresent(directory.path + path)).flatMap { $0 } != nil
        if isThere, let ignoreFile {
            return ChalkError(
                .failed,
                "\(pattern) is left out of \(name) by \(ignoreFile); add an exception !\(path.dropFirst()) there"
            )
        }
        return ChalkError(.failed, "\(pattern) is not in \(name) \(directory.path); check the path")
    }
}
