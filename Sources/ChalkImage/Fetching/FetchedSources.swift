internal import ChalkOCI
internal import ChalkPlan
internal import ChalkStore

/// Content from elsewhere that the steps of one build take files from: files of URLs and commits of repositories, each
/// looked for once.
final class FetchedSources {
    private let session: BuildSession
    private let mayFetch: Bool
    private let downloads: Downloads
    private let repositories: Repositories
    private var files: [Download: FetchedFile] = [:]
    private var commits: [GitSource: Repositories.Commit] = [:]
    private var trees: [GitSource: HostTree] = [:]

    /// - Parameter mayFetch: false for a plan, which leaves the store as it is: what is not at hand is unknown.
    init(session: BuildSession, mayFetch: Bool) {
        self.session = session
        self.mayFetch = mayFetch
        downloads = Downloads(session: session)
        repositories = Repositories(session: session)
    }

    /// The file at a URL.
    func file(of download: Download) throws -> FetchedFile {
        if let known = files[download] { return known }
        let file = mayFetch ? try downloads.fetch(download) : try downloads.known(download)
        files[download] = file
        return file
    }

    /// The files of a repository's commit.
    func tree(of source: GitSource) throws -> HostTree {
        if let known = trees[source] { return known }
        let commit = try commits[source] ?? repositories.commit(of: source)
        commits[source] = commit
        let path =
            mayFetch
            ? try repositories.checkout(commit, of: source) : try repositories.known(commit, of: source)
        let tree = try HostTree(
            path,
            HostTree.Rules(
                readsIgnoreFile: false, dropsGit: !source.keepsWholeGitDirectory,
                name: "the repository \(source)"))
        trees[source] = tree
        return tree
    }

    /// What a source was when it was looked for, for explanations; nil for sources that files say all of.
    func note(of source: FileOperation.Source) -> NamedInputs.Input? {
        switch source {
        case .download(let download, _):
            files[download].map { NamedInputs.note(on: $0.url, $0.digest.description) }
        case .selection(let selection):
            if case .repository(let source) = selection.tree, let commit = commits[source] {
                NamedInputs.note(on: source.description, commit.name)
            } else {
                nil
            }
        default: nil
        }
    }

    /// Makes sure that a plan reads no layer that would have to be fetched.
    func requireAtHand(_ layers: [BuiltLayer]) throws {
        if mayFetch { return }
        guard try layers.allSatisfy({ try session.store.contains($0.descriptor) }) else {
            throw UnknownBeforeBuild(
                reason: "the image's /etc/passwd is needed, and its layers are not in the store")
        }
    }
}
