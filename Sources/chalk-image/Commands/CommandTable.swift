/// Every subcommand, in the order of the overview.
enum CommandTable {
    static var groups: [(title: String, commands: [any Command.Type])] {
        [
            ("build", [BuildCommand.self, PlanCommand.self, CompileCommand.self, RunCommand.self]),
            (
                "images",
                [
                    ImagesCommand.self, InspectCommand.self, TagCommand.self, RemoveCommand.self,
                    ImportCommand.self,
                    ExportCommand.self,
                ]
            ),
            ("registries", [PushCommand.self, PullCommand.self]),
            ("store", [VerifyCommand.self, PruneCommand.self]),
            (
                "tools",
                [
                    IgnoreListCommand.self, DockerfileParseCommand.self, SpecConvertCommand.self,
                    VersionCommand.self,
                ]
            ),
        ]
    }

    private static var all: [any Command.Type] { groups.flatMap(\.commands) }

    /// The command that the first one or two words name, and the words after it.
    static func find(_ words: [String]) throws -> (any Command.Type, [String]) {
        guard let first = words.first else { throw UsageError("a command is missing", command: nil) }
        if words.count > 1, let command = all.first(where: { $0.syntax.name == "\(first) \(words[1])" }) {
            return (command, Array(words.dropFirst(2)))
        }
        if let command = all.first(where: { $0.syntax.name == first }) {
            return (command, Array(words.dropFirst()))
        }
        let names = all.map { String($0.syntax.name.prefix { $0 != " " }) }
        if names.contains(first) {
            let following = all.map { $0.syntax.name }.filter { $0.hasPrefix(first + " ") }
            throw UsageError(
                "\(first) needs one more word: \(following.joined(separator: ", "))", command: nil)
        }
        let near = Spelling.nearest(to: first, among: names)
        throw UsageError(
            "unknown command \"\(first)\"" + (near.map { "; did you mean \($0)?" } ?? ""), command: nil)
    }

    /// The text of `chalk-image --help`.
    static var overview: String {
        var text = "Build container images from specs and Dockerfiles, without a daemon.\n\n"
        text += "usage: chalk-image COMMAND [flags] ...\n"
        let width = all.map { $0.syntax.name.count }.max() ?? 0
        for group in groups {
            text += "\n\(group.title):\n"
            for command in group.commands {
                let name = command.syntax.name
                text +=
                    "  \(name)\(String(repeating: " ", count: width - name.count + 2))\(command.syntax.summary)\n"
            }
        }
        return text + "\n`chalk-image COMMAND --help` says more.\n"
    }
}
