import ChalkImage
import ChalkSystem

/// A directory as the word of a command line is the context of its own Dockerfile, as for `docker build`.
enum ContextArgument {
    /// Names that a Dockerfile has, in the order of preference.
    private static let names = ["Dockerfile", "Containerfile"]

    /// The arguments with `--file` where the word is a directory and no file was named.
    static func settle(_ arguments: ParsedArguments, _ surroundings: Surroundings) throws -> ParsedArguments {
        guard arguments["file"] == nil, let word = arguments.operands.first, word != "-",
            try FileSystem.statusIfPresent(surroundings.absolute(word))?.kind == .directory
        else { return arguments }
        for name in names {
            let file = word + (word.hasSuffix("/") ? "" : "/") + name
            if try FileSystem.statusIfPresent(surroundings.absolute(file)) != nil {
                return arguments.with(operands: [word], flag: ("file", file))
            }
        }
        throw ChalkError(
            .notFound, "there is no Dockerfile in \(word); name one with -f FILE, or a spec file in its place"
        )
    }
}
