internal import ChalkContext
internal import ChalkPlan
internal import ChalkSystem

/// A build context after its `.dockerignore`, and what COPY selects of it.
struct ContextSelection {
    /// One source of a COPY.
    struct Source {
        /// As the pattern matched it; empty for the whole context.
        let path: [UInt8]
        /// Whether its content is copied rather than itself.
        let isDirectory: Bool
        /// What is at and below it in the listing; a directory itself is not among them.
        let entries: [Int]
    }

    /// Absolute.
    let directory: String
    /// What the ignore file had to say.
    let warnings: [String]
    /// Everything that the context offers.
    let listing: ContextListing

    /// Walks a context once.
    ///
    /// - Parameter dockerfile: the Dockerfile's path, whose own ignore file comes before the context's.
    init(directory: String, dockerfile: String?) throws {
        self.directory = directory
        let root = try FileDescriptor.directory(directory)
        let options = ContextWalker.Options(
            profile: .docker, dockerignore: try ContextSelection.ignoreFile(directory, dockerfile),
            readsStatus: true, dropsGit: false)
        var listing = ContextListing()
        let warnings = try ContextWalker(options: options).walk(root) { entry, verdict in
            if !verdict.isIgnored { listing.append(entry) }
        }
        self.listing = listing
        self.warnings = warnings.map(\.description)
    }

    private static func ignoreFile(_ directory: String, _ dockerfile: String?) throws -> IgnoreFile? {
        let candidates = [dockerfile.map { $0 + ".dockerignore" }, directory + "/.dockerignore"]
        for path in candidates.compactMap({ $0 }) {
            guard try FileSystem.statusIfPresent(path)?.kind == .file else { continue }
            return try IgnoreFile(
                try FileSystem.read(path, limit: 16 << 20), path: Array(PathText.name(of: path).utf8),
                profile: .docker)
        }
        return nil
    }

    /// What the patterns of a COPY select.
    ///
    /// - Throws: when a pattern selects nothing.
    func select(_ patterns: [String], exclude: [String]) throws -> [Source] {
        let excluded = try PathPattern.matcher(exclude)
        var sources: [Source] = []
        for pattern in patterns {
            let found = try expand(pattern)
            if found.isEmpty {
                throw ChalkError(
                    .failed,
                    "\(pattern) is not in the build context \(directory), or its .dockerignore leaves it out")
            }
            sources += try found.compactMap { try source($0, excluded) }
        }
        return sources
    }

    private func expand(_ pattern: String) throws -> [[UInt8]] {
        let path = Array(ImageTreePath.normalized(pattern).utf8.dropFirst())
        if path.isEmpty { return [[]] }
        guard PathPattern.hasWildcards(pattern) else { return listing.index(of: path) == nil ? [] : [path] }
        let parts = try path.split(separator: UInt8(ascii: "/")).map { try PathPattern(Array($0)) }
        return try (0..<listing.count).filter { index in
            let names = listing.path(index).split(separator: UInt8(ascii: "/"))
            return try names.count == parts.count
                && zip(parts, names).allSatisfy { try $0.matches(Array($1)) }
        }.map { Array(listing.path($0)) }
    }

    private func source(_ path: [UInt8], _ excluded: ([UInt8]) throws -> Bool) throws -> Source? {
        if let position = listing.index(of: path), listing.kind(position) != .directory {
            if try excluded(LayerPaths.name(of: path)) { return nil }
            return Source(path: path, isDirectory: false, entries: [position])
        }
        let skipped = path.isEmpty ? 0 : path.count + 1
        return Source(
            path: path, isDirectory: true,
            entries: try listing.below(path).filter { try !excluded(Array(listing.path($0).dropFirst(skipped))) })
    }
}
