import ChalkImage
import ChalkSystem
import Glibc

/// One run of the command, from words to exit code.
enum Program {
    static func run(_ words: [String]) -> ExitCode {
        do {
            let (command, rest) = try CommandTable.find(words)
            let arguments = try ParsedArguments(rest, syntax: command.syntax)
            if arguments.isSet("help") {
                StandardStream.output.write(command.syntax.help)
                return .done
            }
            let surroundings = Surroundings(workingDirectory: try FileSystem.currentDirectory())
            try command.run(arguments, surroundings)
            return .done
        } catch {
            StandardStream.error.write("error: \(describe(error))\n")
            return ExitCode(error)
        }
    }

    private static func describe(_ error: any Error) -> String {
        if let usage = error as? UsageError { return usage.description }
        return ChalkError(wrapping: error).description
    }
}
