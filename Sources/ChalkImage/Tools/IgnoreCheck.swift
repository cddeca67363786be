internal import ChalkContext
internal import ChalkSystem

/// Answers whether single paths of a tree are ignored, as `git check-ignore --no-index` does.
public final class IgnoreCheck {
    private let dialect: IgnoreDialect
    private let inquiry: IgnoreInquiry
    private let root: TypedPath
    /// The root as it was named, which may lead through links.
    private let namedRoot: TypedPath
    private let workingDirectory: TypedPath

    /// A check below a root.
    ///
    /// - Parameters:
    ///   - root: the directory whose ignore files count, absolute; none above it is read.
    ///   - workingDirectory: what relative paths start from, absolute and without links.
    ///   - exclude: patterns after those of the ignore files.
    public init(
        root: String, workingDirectory: String, dialect: IgnoreDialect = .goGit, exclude: [[UInt8]] = []
    ) throws {
        self.dialect = dialect
        namedRoot = TypedPath(Array(root.utf8))
        self.workingDirectory = TypedPath(Array(workingDirectory.utf8))
        (inquiry, self.root) = try ChalkError.wrap {
            let tree = try IgnoreTree(root, readsDockerignore: dialect == .docker)
            let inquiry = try IgnoreInquiry(
                tree.root,
                options: ContextWalker.Options(
                    profile: dialect.profile, exclude: exclude, dockerignore: tree.dockerignore,
                    dropsGit: dialect == .goGit))
            return (inquiry, TypedPath(Array(try FileSystem.resolved(root).utf8)))
        }
    }

    /// The directory that paths belong to when nobody names one: the nearest at or above `directory` that holds a
    /// `.git`, as git finds it, else `directory` itself. For `docker` always `directory`.
    public static func root(from directory: String, dialect: IgnoreDialect) throws -> String {
        if dialect == .docker { return directory }
        return try ChalkError.wrap {
            var candidate = directory
            while true {
                if try FileSystem.statusIfPresent("\(candidate == "/" ? "" : candidate)/.git") != nil {
                    return candidate
                }
                if candidate == "/" { return directory }
                candidate = PathText.parent(of: candidate)
            }
        }
    }

    /// What is to be said about the ignore files read so far.
    public var warnings: [String] { inquiry.warnings.map(\.description) }

    /// The answer for a path as it was typed; nothing needs to be there. A slash at its end says that it is a
    /// directory.
    ///
    /// - Throws: ``ChalkError`` (`invalidInput`) for a path outside of the root or below a symbolic link.
    public func answer(_ path: [UInt8]) throws -> IgnoreAnswer {
        try ChalkError.wrap {
            let shown = ContextError.show(path)
            if path.isEmpty {
                throw ChalkError(.invalidInput, "an empty path names nothing; use . for the directory itself")
            }
            let typed = TypedPath(path, in: workingDirectory)
            guard let names = typed.names(below: root) ?? typed.names(below: namedRoot) else {
                throw ChalkError(
                    .invalidInput,
                    "\(shown) is outside of \(root.display); name a path below it, or another --root")
            }
            return IgnoreAnswer(try verdict(names, isDirectory: typed.namesDirectory))
        }
    }

    private func verdict(_ names: [[UInt8]], isDirectory: Bool) throws -> IgnoreVerdict {
        if dialect == .git {
            // git asks about an empty name in the directory, and shows it: `*` fits.
            let last: [[UInt8]] = isDirectory || names.isEmpty ? [[]] : []
            return try inquiry.verdict(for: Array((names + last).joined(separator: [TypedPath.slash])))
        }
        if names.isEmpty { return .kept }
        let path = Array(names.joined(separator: [TypedPath.slash]))
        return try inquiry.verdict(for: path, kind: isDirectory ? .directory : nil)
    }
}
