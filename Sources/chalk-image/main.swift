import ChalkImage
import ChalkSystem
import Glibc

// The same program is its own worker: see docs/architecture.md, "Running steps".
if let code = BuildWorker.runIfRequested(arguments: CommandLine.arguments) { exit(code) }

let words = CommandLine.arguments.dropFirst()
if words == ["version"] || words == ["--version"] {
    // Asked for by scripts all the time, so nothing else is set up for it.
    VersionCommand.say()
    exit(ExitCode.done.rawValue)
}
if words.isEmpty || ["help", "--help", "-h"].contains(words.first) {
    (words.isEmpty ? StandardStream.error : .output).write(CommandTable.overview)
    exit((words.isEmpty ? ExitCode.usage : .done).rawValue)
}
exit(Program.run(CommandWord.all).rawValue)
