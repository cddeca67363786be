/// Every subcommand, in the order of the overview.
enum CommandTable {
    private static let groups: [(title: String, names: [String])] = [
        ("build", ["build", "plan", "warm", "compile", "shell"]),
        ("containers", ["run", "exec", "ps", "stop", "kill", "logs", "container rm"]),
        ("images", ["images", "inspect", "tag", "rm", "import", "export"]),
        (
            "volumes",
            [
                "volume create", "volume ls", "volume put", "volume get", "volume cat", "volume rm",
                "volume log",
                "volume snapshot", "volume mount", "volume delete",
            ]
        ),
        ("registries", ["push", "pull", "kube", "login", "logout", "auth explain"]),
        ("store", ["verify", "prune"]),
        ("ignore rules", ["ignore list", "ignore check", "ignore diff", "ignore conformance"]),
        ("tools", ["dockerfile parse", "dockerfile lint", "spec convert", "version"]),
    ]

    /// The command of a name. A `switch` and not a dictionary: a start should not pay for what it does not use.
    private static func command(_ name: String) -> (any Command.Type)? {
        switch name {
        case "build": BuildCommand.self
        case "plan": PlanCommand.self
        case "warm": WarmCommand.self
        case "compile": CompileCommand.self
        case "run": RunCommand.self
        case "exec": ExecCommand.self
        case "ps": ContainersCommand.self
        case "stop": StopCommand.self
        case "kill": KillCommand.self
        case "logs": LogsCommand.self
        case "container rm": ContainerRemoveCommand.self
        case "shell": ShellCommand.self
        case "images": ImagesCommand.self
        case "inspect": InspectCommand.self
        case "tag": TagCommand.self
        case "rm": RemoveCommand.self
        case "import": ImportCommand.self
        case "export": ExportCommand.self
        case "push": PushCommand.self
        case "pull": PullCommand.self
        case "kube": KubeCommand.self
        case "login": LoginCommand.self
        case "logout": LogoutCommand.self
        case "auth explain": AuthExplainCommand.self
        case "volume create": VolumeCreateCommand.self
        case "volume ls": VolumeListCommand.self
        case "volume put": VolumePutCommand.self
        case "volume get": VolumeGetCommand.self
        case "volume cat": VolumeCatCommand.self
        case "volume rm": VolumeRemoveCommand.self
        case "volume log": VolumeLogCommand.self
        case "volume snapshot": VolumeSnapshotCommand.self
        case "volume mount": VolumeMountCommand.self
        case "volume delete": VolumeDeleteCommand.self
        case "verify": VerifyCommand.self
        case "prune": PruneCommand.self
        case "ignore list": IgnoreListCommand.self
        case "ignore check": IgnoreCheckCommand.self
        case "ignore diff": IgnoreDiffCommand.self
        case "ignore conformance": IgnoreConformanceCommand.self
        case "dockerfile parse": DockerfileParseCommand.self
        case "dockerfile lint": DockerfileLintCommand.self
        case "spec convert": SpecConvertCommand.self
        case "version": VersionCommand.self
        default: nil
        }
    }

    /// The command that the first one or two words name, and the words after it.
    static func find(_ words: [CommandWord]) throws -> (any Command.Type, [CommandWord]) {
        guard let first = words.first?.text else { throw UsageError("a command is missing", command: nil) }
        if let command = command(first) { return (command, Array(words.dropFirst())) }
        if words.count > 1, let command = command("\(first) \(words[1].text)") {
            return (command, Array(words.dropFirst(2)))
        }
        throw unknown(first)
    }

    private static func unknown(_ word: String) -> UsageError {
        let names = groups.flatMap(\.names)
        let following = names.filter { $0.hasPrefix(word + " ") }
        if !following.isEmpty {
            return UsageError(
                "\(word) needs one more word: \(following.joined(separator: ", "))", command: nil)
        }
        let near = Spelling.nearest(to: word, among: names.map { String($0.prefix { $0 != " " }) })
        return UsageError(
            "unknown command \"\(word)\"" + (near.map { "; did you mean \($0)?" } ?? ""), command: nil)
    }

    /// The text of `chalk-image --help`.
    static var overview: String {
        var text = "Build container images from specs and Dockerfiles, without a daemon.\n\n"
        text += "usage: chalk-image COMMAND [flags] ...\n"
        let width = groups.flatMap(\.names).map(\.count).max() ?? 0
        for group in groups {
            text += "\n\(group.title):\n"
            for name in group.names {
                let summary = command(name)?.syntax.summary ?? ""
                text += "  \(name)\(String(repeating: " ", count: width - name.count + 2))\(summary)\n"
            }
        }
        return text + "\n`chalk-image COMMAND --help` says more.\n"
    }
}
