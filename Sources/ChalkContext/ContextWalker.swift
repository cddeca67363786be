package import ChalkSystem

/// Walks a build context: every entry once, parents before what is in them, names of a directory in byte
/// order.
///
/// The order is that of paths compared component by component. Everything is opened relative to an open
/// directory and no link is followed, so a context that changes under the walk cannot lead it out. What is
/// ignored is not opened.
package struct ContextWalker: Sendable {
    /// What a walk does; the default is the default profile, without statuses.
    package struct Options: Sendable {
        /// Whose rules.
        package var profile: IgnoreProfile
        /// Patterns that come after every ignore file.
        package var exclude: [[UInt8]]
        /// The ignore file of profile `docker`, which the caller has found: `Dockerfile.dockerignore`, else
        /// `.dockerignore`.
        package var dockerignore: IgnoreFile?
        /// Whether ignored entries are reported too, everything below ignored directories included.
        package var reportsIgnored: Bool
        /// Whether every reported entry comes with its status and link target.
        package var readsStatus: Bool
        /// Whether entries called `.git` are left out at every level, unreported.
        package var dropsGit: Bool
        /// Whether to say where git would have decided otherwise (`go-git`).
        package var findsDifferences: Bool

        /// Options from their parts.
        package init(
            profile: IgnoreProfile = .goGit, exclude: [[UInt8]] = [], dockerignore: IgnoreFile? = nil,
            reportsIgnored: Bool = false, readsStatus: Bool = false, dropsGit: Bool = true,
            findsDifferences: Bool = false
        ) {
            self.profile = profile
            self.exclude = exclude
            self.dockerignore = dockerignore
            self.reportsIgnored = reportsIgnored
            self.readsStatus = readsStatus
            self.dropsGit = dropsGit
            self.findsDifferences = findsDifferences
        }
    }

    private let options: Options
    private let scope: IgnoreScope

    /// A walker.
    ///
    /// - Throws: ``ContextError`` (`pattern`) for an `exclude` entry that is refused.
    package init(options: Options = Options()) throws(ContextError) {
        self.options = options
        scope = IgnoreScope(
            profile: options.profile,
            exclude: try IgnoreFile(exclude: options.exclude, profile: options.profile),
            dockerignore: options.dockerignore, findsDifferences: options.findsDifferences)
    }

    /// Walks everything below `root` and hands each entry over as it is found.
    ///
    /// - Returns: What is to be said about the ignore files.
    /// - Throws: ``ContextError``, or what `body` throws.
    @discardableResult
    package func walk(
        _ root: borrowing FileDescriptor, _ body: (ContextEntry, IgnoreVerdict) throws -> Void
    ) throws -> [IgnoreWarning] {
        let top: OpenDirectory
        do {
            top = OpenDirectory(try root.open(".", [.readOnly, .directory]))
        } catch {
            throw ContextError.system("open", [], error)
        }
        return try withoutActuallyEscaping(body) { body in
            var walk = ContextWalk(options: options, scope: scope, root: top, body: body)
            return try walk.run()
        }
    }

    /// Walks everything and keeps it: the entries that are not ignored.
    package func collect(
        _ root: borrowing FileDescriptor
    ) throws -> (entries: [ContextEntry], warnings: [IgnoreWarning]) {
        var entries: [ContextEntry] = []
        let warnings = try walk(root) { entry, verdict in
            if !verdict.isIgnored { entries.append(entry) }
        }
        return (entries, warnings)
    }
}
