internal import ChalkDockerfile

/// How instructions are told of in an image's history: on one line, variables replaced, as BuildKit writes them.
enum HistoryText {
    /// An instruction that only changes the config, after its variables are replaced; nil for one that says more
    /// in another way.
    static func of(_ instruction: Instruction, shell: [String]) -> String? {
        switch instruction {
        case .env(let env): "ENV " + pairs(env.variables)
        case .label(let label): "LABEL " + pairs(label.labels)
        case .user(let user): "USER \(user.user)"
        case .stopSignal(let signal): "STOPSIGNAL \(signal.signal)"
        case .maintainer(let maintainer): "MAINTAINER \(maintainer.author)"
        case .volume(let volume): "VOLUME " + list(volume.paths)
        case .shell(let shell): "SHELL " + list(shell.arguments)
        case .cmd(let cmd): "CMD " + quotedList(words(of: cmd.command, shell))
        case .entrypoint(let entrypoint): "ENTRYPOINT " + quotedList(words(of: entrypoint.command, shell))
        case .expose(let expose): (try? expose.exposedPorts()).map { "EXPOSE " + list($0) }
        default: nil
        }
    }

    /// ARG with the values that its names got.
    static func argument(_ values: [(name: String, value: String?)]) -> String {
        "ARG " + values.map { name, value in name + (value.map { "=\($0)" } ?? "") }.joined(separator: " ")
    }

    private static func words(of command: CommandLine, _ shell: [String]) -> [String] {
        switch command {
        case .exec(let words): words
        case .shell(let text): shell + [text]
        }
    }

    private static func pairs(_ values: [NamedValue]) -> String {
        values.map { "\($0.name)=\($0.value)" }.joined(separator: " ")
    }

    private static func list(_ words: [String]) -> String { "[\(words.joined(separator: " "))]" }

    private static func quotedList(_ words: [String]) -> String {
        list(words.map { GoQuoted($0).text })
    }
}
