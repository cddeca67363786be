/// A shell between the container and its program keeps signals from it.
enum JSONArgsRecommended: LintCheck {
    static let rule = LintRule(
        "JSONArgsRecommended", "CMD and ENTRYPOINT are JSON arrays, so that the program gets its signals")

    static func findings(in file: LintedFile) -> [LintFinding] {
        file.stages.flatMap(\.instructions).compactMap { item in
            // A SHELL of the file's own says that a shell is wanted.
            if item.hasShell { return nil }
            let command: CommandLine
            switch item.expanded {
            case .cmd(let cmd): command = cmd.command
            case .entrypoint(let entrypoint): command = entrypoint.command
            default: return nil
            }
            guard case .shell = command else { return nil }
            return finding(
                at: item.place,
                "\(item.keyword) runs a shell, which keeps signals such as SIGTERM from the program; "
                    + "write a JSON array")
        }
    }
}
