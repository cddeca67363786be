import ChalkImage

/// The flags that several `ignore` commands share.
enum IgnoreFlags {
    static let profile = CommandSyntax.Flag(
        "profile", value: "PROFILE", help: "go-git, git or docker (default: go-git)")
    static let exclude = CommandSyntax.Flag(
        "exclude", value: "GLOB", repeats: true, help: "a pattern after those of the ignore files")
    static let null = CommandSyntax.Flag(
        "null", "z", help: "end records with NUL instead of a line feed")

    /// The dialect that `--profile` names.
    static func dialect(_ arguments: ParsedArguments, command: String) throws -> IgnoreDialect {
        try dialect(arguments["profile"] ?? IgnoreDialect.goGit.rawValue, flag: "--profile", command: command)
    }

    /// The dialect that a word names.
    static func dialect(_ word: String, flag: String, command: String) throws -> IgnoreDialect {
        guard let dialect = IgnoreDialect(rawValue: word) else {
            throw UsageError("\(flag) is go-git, git or docker, not \"\(word)\"", command: command)
        }
        return dialect
    }

    /// Says what ignore files make people stumble over.
    static func say(_ warnings: [String]) {
        for warning in warnings { StandardStream.error.write("warning: \(warning)\n") }
    }
}
