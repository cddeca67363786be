import ChalkImage
import ChalkSystem
import Glibc

/// One run of the command, from words to exit code.
enum Program {
    static func run(_ words: [CommandWord]) -> ExitCode {
        var failure = ExitCode.failed
        do {
            let (command, rest) = try CommandTable.find(words)
            failure = command.failure
            let arguments = try ParsedArguments(rest, syntax: command.syntax)
            if arguments.isSet("help") {
                StandardStream.output.write(command.syntax.help)
                return .done
            }
            let surroundings = Surroundings(workingDirectory: try FileSystem.currentDirectory())
            return try command.answer(arguments, surroundings)
        } catch {
            StandardStream.error.write("error: \(describe(error))\n")
            let code = ExitCode(error)
            if code == .authentication, !["auth", "login"].contains(words.first?.text) {
                StandardStream.error.write(
                    "note: chalk-image auth explain REF shows as whom a registry was asked, and its answers\n"
                )
            }
            return code == .failed ? failure : code
        }
    }

    private static func describe(_ error: any Error) -> String {
        if let usage = error as? UsageError { return usage.description }
        return ChalkError(wrapping: error).description
    }
}
