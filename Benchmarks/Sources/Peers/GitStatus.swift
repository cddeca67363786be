/// `git status` of a tree that it knows: the fastest way to find that nothing changed which people use every day.
struct GitStatus: Peer {
    static let title = "git status"

    let name = GitStatus.title
    let programs = ["git"]
    let version = Command("git", "--version")

    func work(_ operation: Operation, _ scene: Scene) throws -> Work? {
        guard operation == .unchanged, scene.tree.name != Tree.tiny.name else { return nil }
        // Beside the tree, so that nobody else sees it.
        let repository = "\(scene.state)/repository"
        let environment = [
            "GIT_DIR": repository, "GIT_WORK_TREE": scene.files, "GIT_CONFIG_NOSYSTEM": "1",
            "HOME": scene.state,
            "GIT_AUTHOR_NAME": "bench", "GIT_AUTHOR_EMAIL": "bench@localhost", "GIT_COMMITTER_NAME": "bench",
            "GIT_COMMITTER_EMAIL": "bench@localhost",
        ]
        func git(_ words: String...) -> Pipeline {
            Pipeline(Command(["git"] + words, environment: environment))
        }
        let status = git("status", "--porcelain")
        return Work(
            before: [
                git("init", "--quiet"), git("config", "core.looseCompression", "0"),
                git("config", "gc.auto", "0"),
                git("add", "--all"), git("commit", "--quiet", "--allow-empty", "--message", "round"), status,
            ],
            timed: [status])
    }
}
